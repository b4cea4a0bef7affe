using System.Globalization;
using System.Text.Json;
using Penstock.Central.Historian;
using Penstock.Central.Live;
using Penstock.Central.Web;

namespace Penstock.Central.Api;

/// <summary><c>GET /api/v1/history</c>: readings when they fit, else buckets that keep the spikes.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/history", ReadAsync)
        .WithSummary("A tag's readings in a range when they fit into the asked points, else min, max, mean, last and count per bucket.")
        .RequirePerson()
        .Produces<RawHistoryView>().Fails(400).Fails(404);

    private static async Task ReadAsync(
        HttpContext context, IHistorian historian, HistoryGate gate, LiveBoard board, TimeProvider clock, string? tag, string? from, string? to, string? points)
    {
        if (!TagKey.TryParse(tag, out var key))
        {
            await context.WriteBadRequestAsync("tag is missing or no full name; write tag=site/device/tag.");
            return;
        }

        if (TimeRange.TryParse(from, to, TimeSpan.FromHours(1), clock, out var range) is { } wrong)
        {
            await context.WriteBadRequestAsync(wrong);
            return;
        }

        var most = HistoryPlan.DefaultPoints;
        if (points is not null && (!int.TryParse(points, CultureInfo.InvariantCulture, out most) || most is < HistoryPlan.MinPoints or > HistoryPlan.MaxPoints))
        {
            await context.WriteBadRequestAsync($"points is '{points}'; use a number from {HistoryPlan.MinPoints} to {HistoryPlan.MaxPoints}.");
            return;
        }

        using var turn = await gate.EnterAsync(context.RequestAborted);
        var ids = await historian.FindTagAsync(key, context.RequestAborted);
        if (ids.Count == 0)
            await context.WriteProblemAsync(404, "Unknown tag", $"no tag has the name '{key}'; GET /api/v1/tags lists the names.");
        else
            await WriteAsync(context, historian, new(key, ids, range, most), Unit(board, key));
    }

    private static async Task WriteAsync(HttpContext context, IHistorian historian, HistoryRequest request, string? unit)
    {
        var (key, ids, (from, to), most) = request;
        var gaps = await historian.ReadGapsAsync(new(from, to, key.Site, key.Device, key.Tag), context.RequestAborted);
        GapView[] gapViews = [.. gaps.Select(g => g.View())];
        TagVersionView[] versions = [.. (await historian.ReadTagVersionsAsync(ids, context.RequestAborted)).Select(v => v.View())];
        var raw = from >= historian.RawFloor ? await historian.ReadRawAsync(ids, from, to, most + 1, context.RequestAborted) : null;
        if (raw is not null && raw.Count <= most)
        {
            await context.WriteJsonAsync(
                new RawHistoryView(key.ToString(), unit, from, to, "raw", null, [.. raw.Select(p => p.View())], gapViews, versions, false),
                CentralJson.Wire.RawHistoryView);
            return;
        }

        var step = HistoryPlan.Step(to - from, most);
        var buckets = await historian.ReadBucketsAsync(ids, from, to, step, context.RequestAborted);
        await context.WriteJsonAsync(
            new BucketHistoryView(key.ToString(), unit, from, to, "bucket", step.TotalSeconds, [.. buckets.Select(b => b.View())], gapViews, versions, false),
            CentralJson.Wire.BucketHistoryView);
    }

    private static string? Unit(LiveBoard board, TagKey key) =>
        board.Find(key) is { } tag && tag.Info.TryGetProperty("unit", out var unit) && unit.ValueKind == JsonValueKind.String ? unit.GetString() : null;

    private sealed record HistoryRequest(TagKey Tag, IReadOnlyList<int> Ids, TimeRange Range, int Points);
}
