using Penstock.Central.Historian;
using Penstock.Central.Live;
using Penstock.Central.Web;
using Penstock.Contracts;

namespace Penstock.Central.Api;

/// <summary>Tags, agents and gaps.</summary>
internal static class PlantEndpoints
{
    private static readonly TimeSpan DefaultGapRange = TimeSpan.FromDays(1);

    public static void MapPlant(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").RequirePerson();
        group.MapGet("/tags", TagsAsync).WithSummary("All tags with their newest reading.").Produces<TagsView>();
        group.MapGet("/agents", AgentsAsync).WithSummary("Agents, their last heartbeat and ledger.").Produces<AgentsView>();
        group.MapGet("/gaps", GapsAsync).WithSummary("Stretches without values, with the cause.").Produces<GapsView>().Fails(400);
    }

    private static Task TagsAsync(HttpContext context, LiveBoard board) =>
        context.WriteJsonAsync(new TagsView([.. board.Tags().Select(t => t.View())]), CentralJson.Wire.TagsView);

    private static async Task AgentsAsync(HttpContext context, IHistorian historian, TimeProvider clock)
    {
        var now = Timestamp.Now(clock);
        var agents = await historian.ReadAgentsAsync(null, context.RequestAborted);
        await context.WriteJsonAsync(new AgentsView([.. agents.Select(a => a.View(now))]), CentralJson.Wire.AgentsView);
    }

    private static async Task GapsAsync(HttpContext context, IHistorian historian, TimeProvider clock, string? from, string? to, string? device)
    {
        if (TimeRange.TryParse(from, to, DefaultGapRange, clock, out var range) is { } wrong)
        {
            await context.WriteBadRequestAsync(wrong);
            return;
        }

        if (GapQueryOf(range, device) is not { } query)
        {
            await context.WriteBadRequestAsync($"device is '{device}'; write a device name, or site/device.");
            return;
        }

        var gaps = await historian.ReadGapsAsync(query, context.RequestAborted);
        await context.WriteJsonAsync(new GapsView([.. gaps.Select(g => g.View())]), CentralJson.Wire.GapsView);
    }

    private static GapQuery? GapQueryOf(TimeRange range, string? device) => device?.Split('/') switch
    {
        null => new(range.From, range.To),
        [var name] when Names.IsValid(name) => new(range.From, range.To, Device: name),
        [var site, var name] when Names.IsValid(site) && Names.IsValid(name) => new(range.From, range.To, site, name),
        _ => null,
    };
}
