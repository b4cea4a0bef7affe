using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.Contracts;

namespace Penstock.Central.Api;

// The shapes of the HTTP API. Absent values are written as null.

/// <summary>The newest reading of a tag.</summary>
internal sealed record LatestView(
    Timestamp Ts,
    double? Value,
    string? Text,
    Quality Q,
    string? Why,
    ClockState? Clock,
    bool Late,
    string Agent,
    string Epoch,
    long Seq);

/// <summary>A tag: the fields of its tag info as the agent sent them, and beside them its name and newest reading.</summary>
[JsonConverter(typeof(TagViewConverter))]
internal sealed record TagView(string Name, LatestView? Latest, JsonElement Info);

internal sealed record TagsView(IReadOnlyList<TagView> Tags);

internal sealed record RawPointView(
    Timestamp Ts,
    double? Value,
    string? Text,
    Quality Q,
    string? Why,
    ClockState? Clock,
    string Agent,
    string Epoch,
    long Seq,
    Timestamp Committed);

internal sealed record BucketView(Timestamp Ts, double? Min, double? Max, double? Mean, double? Last, long Count, Quality Q);

/// <summary>What a tag was from a moment on; another name than the tag's is a former one.</summary>
internal sealed record TagVersionView(string Tag, int Version, string Type, string? Unit, Timestamp Since);

internal sealed record RawHistoryView(
    string Tag,
    string? Unit,
    Timestamp From,
    Timestamp To,
    string Resolution,
    double? StepSeconds,
    IReadOnlyList<RawPointView> Points,
    IReadOnlyList<GapView> Gaps,
    IReadOnlyList<TagVersionView> Versions,
    bool Truncated);

internal sealed record BucketHistoryView(
    string Tag,
    string? Unit,
    Timestamp From,
    Timestamp To,
    string Resolution,
    double? StepSeconds,
    IReadOnlyList<BucketView> Points,
    IReadOnlyList<GapView> Gaps,
    IReadOnlyList<TagVersionView> Versions,
    bool Truncated);

internal sealed record GapView(
    string Site,
    string? Device,
    IReadOnlyList<string>? Tags,
    Timestamp From,
    Timestamp To,
    string Cause,
    string? Message,
    IReadOnlyList<SeqRange>? Numbers,
    long? Samples,
    string Agent,
    string Epoch,
    long Seq,
    Timestamp Ts);

internal sealed record GapsView(IReadOnlyList<GapView> Gaps);

internal sealed record LedgerView(string Epoch, long Stored, long Dead, long Dropped, long Last, IReadOnlyList<IReadOnlyList<long>> Missing);

/// <summary>An agent. State is <c>online</c> or <c>silent</c>.</summary>
internal sealed record AgentView(
    string Agent, string Site, string State, Timestamp LastSeen, JsonElement? Heartbeat, IReadOnlyList<LedgerView> Ledger);

internal sealed record AgentsView(IReadOnlyList<AgentView> Agents);

internal sealed record RefusedView(int Line, string? Agent, string? Epoch, long? Seq, string Reason);

internal sealed record VerdictView(int Stored, int Duplicates, IReadOnlyList<RefusedView> Refused);

internal sealed record LiveValueView(
    string Name, Timestamp Ts, double? Value, string? Text, Quality Q, string? Why, ClockState? Clock, bool Late);

internal sealed record ValuesView(Timestamp Now, IReadOnlyList<LiveValueView> Values);

internal sealed record ServerView(string Version, Timestamp Started);

internal sealed record SnapshotView(
    Timestamp Now, ServerView Server, IReadOnlyList<TagView> Tags, IReadOnlyList<AgentView> Agents, IReadOnlyList<GapView> Gaps);

internal sealed record PingView(Timestamp Now);

internal sealed record HealthView(string Status, string Version, Timestamp Now, string? Reason);

/// <summary>The Kafka side. State is <c>off</c> (no cluster is read), <c>ok</c> or <c>trouble</c>.</summary>
internal sealed record StreamsView(string State, string? Reason, string? Brokers, string? Cluster, string? Group, IReadOnlyList<StreamView> Partitions);

/// <summary>One partition that this centre reads; null while the broker has not told it.</summary>
internal sealed record StreamView(string Topic, int Partition, long? Position, long? End, long? Lag);

/// <summary>An error after RFC 9457; <c>detail</c> says the repair.</summary>
internal sealed record ProblemView(string Type, string Title, int Status, string Detail);

internal sealed class TagViewConverter : JsonConverter<TagView>
{
    public override TagView Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("a tag view is only written");

    public override void Write(Utf8JsonWriter writer, TagView value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        foreach (var property in value.Info.EnumerateObject())
        {
            if (property.Name is not ("name" or "latest"))
                property.WriteTo(writer);
        }

        writer.WritePropertyName("latest");
        if (value.Latest is null)
            writer.WriteNullValue();
        else
            JsonSerializer.Serialize(writer, value.Latest, CentralJson.Wire.LatestView);
        writer.WriteEndObject();
    }
}
