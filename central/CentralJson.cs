using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.Central.Access;
using Penstock.Central.Api;
using Penstock.Central.Kafka;
using Penstock.Central.Kafka.Check;
using Penstock.Central.Verify;
using Penstock.Contracts;

namespace Penstock.Central;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(TimestampConverter)], WriteIndented = false)]
[JsonSerializable(typeof(TagsView))]
[JsonSerializable(typeof(RawHistoryView))]
[JsonSerializable(typeof(BucketHistoryView))]
[JsonSerializable(typeof(AgentsView))]
[JsonSerializable(typeof(GapsView))]
[JsonSerializable(typeof(VerdictView))]
[JsonSerializable(typeof(ValuesView))]
[JsonSerializable(typeof(SnapshotView))]
[JsonSerializable(typeof(PingView))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<SeqRange>))]
[JsonSerializable(typeof(Dictionary<string, System.Text.Json.JsonElement>))]
[JsonSerializable(typeof(LatestView))]
[JsonSerializable(typeof(StreamsView))]
[JsonSerializable(typeof(StreamMap))]
[JsonSerializable(typeof(TopicReportView))]
[JsonSerializable(typeof(AccessFile))]
[JsonSerializable(typeof(VerifyView))]
internal sealed partial class CentralJson : JsonSerializerContext
{
    /// <summary>The context of the API: text stays readable UTF-8 instead of escapes.</summary>
    public static CentralJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new TimestampConverter() },
    });
}
