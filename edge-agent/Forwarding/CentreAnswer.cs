using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>One HTTP answer of the centre, read whole.</summary>
internal sealed record CentreAnswer(HttpStatusCode Status, string? ContentType, byte[] Body, TimeSpan? RetryAfter)
{
    private const int ExcerptBytes = 120;

    /// <summary>
    /// The verdict on these groups. Anything but the agreed form is a <see cref="LinkException"/>: an answer that cannot be
    /// read acknowledges nothing.
    /// </summary>
    public PublishVerdict ReadVerdict(IReadOnlyList<OutboxGroup> groups, string to, string tokenReference)
    {
        if (Status != HttpStatusCode.OK)
            throw Fault(to, tokenReference);
        var verdict = ReadJson(CentreJson.Default.IngestVerdict)
            ?? throw new LinkException($"{to} answered 200 with something that is no verdict ({Excerpt()}); check that this is the address of a Penstock centre");
        var sent = groups.Sum(group => (long)group.Count);
        var refused = verdict.Refused ?? [];
        if (verdict.Stored is not { } stored || verdict.Duplicates is not { } duplicates || stored + duplicates + refused.Count != sent)
            throw new LinkException($"{to} answered for {(verdict.Stored ?? 0) + (verdict.Duplicates ?? 0) + refused.Count} of {sent} records; nothing counts as delivered");
        return refused.Count == 0 ? PublishVerdict.AllKept : new PublishVerdict([.. refused.Select(item => Locate(item, groups, to))]);
    }

    public void ExpectNoContent(string to, string tokenReference)
    {
        if (Status is not (HttpStatusCode.NoContent or HttpStatusCode.OK))
            throw Fault(to, tokenReference);
        if (Body.Length > 0)
            throw new LinkException($"{to} answered {(int)Status} with a body ({Excerpt()}) where none is agreed; check that this is the address of a Penstock centre");
    }

    public LinkException Fault(string to, string tokenReference) => Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new($"{to} does not accept the token ({tokenReference}): {Explain()}"),
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed =>
            new($"{to} has no Penstock ingest ({(int)Status}); check the address in forward.to"),
        >= HttpStatusCode.Moved and < HttpStatusCode.BadRequest =>
            new($"{to} redirects elsewhere ({(int)Status}); write the final address in forward.to"),
        _ => new($"{to} answered {(int)Status}: {Explain()}") { RetryAfter = RetryAfter },
    };

    private string Explain()
    {
        var problem = ContentType == "application/problem+json" ? ReadJson(CentreJson.Default.ProblemAnswer) : null;
        return problem is null ? Excerpt() : problem.Detail ?? problem.Title ?? Excerpt();
    }

    private static RefusedRecord Locate(IngestRefusal item, IReadOnlyList<OutboxGroup> groups, string to)
    {
        var line = item.Line;
        foreach (var group in groups)
        {
            if (line >= 1 && line <= group.Count)
                return new RefusedRecord(group.Epoch, group.FirstSeq + line - 1, item.Reason ?? "no reason given");
            line -= group.Count;
        }

        throw new LinkException($"{to} refused line {item.Line}, which was not sent; nothing counts as delivered");
    }

    private T? ReadJson<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> form)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, form);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Excerpt() =>
        Body.Length == 0
            ? "empty answer"
            : "'" + string.Concat(Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, ExcerptBytes)).Select(c => char.IsControl(c) ? ' ' : c)) + "'";
}

internal sealed record IngestVerdict
{
    public long? Stored { get; init; }

    public long? Duplicates { get; init; }

    public IReadOnlyList<IngestRefusal>? Refused { get; init; }
}

internal sealed record IngestRefusal
{
    public long Line { get; init; }

    public string? Reason { get; init; }
}

internal sealed record ProblemAnswer
{
    public string? Title { get; init; }

    public string? Detail { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IngestVerdict))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class CentreJson : JsonSerializerContext;
