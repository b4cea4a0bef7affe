using Penstock.Central.Api;
using Penstock.Central.Web;
using Penstock.Contracts;

namespace Penstock.Central.Ingest;

/// <summary>What agents send: records, tag infos, heartbeats. Answered after the durable commit.</summary>
internal static class IngestEndpoints
{
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").RequireAgent();
        group.MapPost("/records", RecordsAsync)
            .WithSummary("Readings and events, one JSON object a line, zstd, gzip or plain. The same group twice changes nothing.")
            .Produces<VerdictView>()
            .Fails(400).Fails(401).Fails(413).Fails(503);
        group.MapPost("/tags", TagsAsync)
            .WithSummary("Tag infos, one JSON object a line.").Produces(204).Fails(400).Fails(401);
        group.MapPost("/heartbeats", HeartbeatAsync)
            .WithSummary("One heartbeat.").Produces(204).Fails(400).Fails(401);
    }

    private static async Task RecordsAsync(HttpContext context, IngestQueue queue, IngestBudget budget, CentralMetrics metrics)
    {
        using var body = BodyReader.Open(context.Request, budget);
        var decoder = new LineDecoder();
        while (await body.ReadAsync(context.RequestAborted))
        {
            while (body.TryTake(out var line))
                decoder.Add(line);
        }

        metrics.Received(body.Unpacked);
        var group = decoder.Group;
        // Waited for also when the sender has gone: the budget is given back when the records leave the queue, not before.
        var verdict = group.Count == 0 ? new() : await queue.Offer(new RecordsWork(group));
        await context.WriteJsonAsync(
            new VerdictView(verdict.Stored, verdict.Duplicates, [.. verdict.Refused.Select(r => r.View())]), CentralJson.Wire.VerdictView);
    }

    private static async Task TagsAsync(HttpContext context, IngestQueue queue, IngestBudget budget)
    {
        using var body = BodyReader.Open(context.Request, budget);
        List<TagInfo> tags = [];
        var number = 0;
        BodyException? wrong = null;
        while (await body.ReadAsync(context.RequestAborted))
        {
            while (body.TryTake(out var line))
            {
                number++;
                if (line.IsEmpty)
                    continue;
                if (RecordCodec.TryDecode(line, out TagInfo? tag) is { } reason)
                    wrong ??= BodyException.Unusable($"line {number}: {reason}");
                else
                    tags.Add(tag!); // the codec gave no reason, so there is one
            }
        }

        // One that is wrong, or of a later version, keeps no other from being known.
        await queue.Offer(new TagsWork(tags)).WaitAsync(context.RequestAborted);
        if (wrong is not null)
            throw wrong;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task HeartbeatAsync(HttpContext context, IngestQueue queue, IngestBudget budget)
    {
        using var body = BodyReader.Open(context.Request, budget);
        using var json = new MemoryStream();
        while (await body.ReadAsync(context.RequestAborted))
        {
            while (body.TryTake(out var line))
                json.Write(line);
            if (json.Length > BodyReader.MaxLineBytes)
                throw BodyException.TooLarge($"a heartbeat has at most {BodyReader.MaxLineBytes} bytes.");
        }

        var bytes = json.ToArray();
        if (RecordCodec.TryDecode(bytes, out Heartbeat? heartbeat) is { } reason)
            throw BodyException.Unusable(reason);
        await queue.Offer(new HeartbeatWork(heartbeat!, bytes)).WaitAsync(context.RequestAborted); // as above
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
