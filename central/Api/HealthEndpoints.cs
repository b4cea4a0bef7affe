using Penstock.Central.Historian;
using Penstock.Central.Kafka;
using Penstock.Central.Web;
using Penstock.Contracts;

namespace Penstock.Central.Api;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: the historian can be read, the last commit did not fail, and the Kafka cluster, if there is one, is read.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (HttpContext context, TimeProvider clock) => WriteAsync(context, clock, null))
            .WithSummary("200 while the process answers.").OpenToAnyone().Produces<HealthView>();
        routes.MapGet("/readyz", ReadyAsync).WithSummary("200 while records can be taken and history can be read, else 503.").OpenToAnyone()
            .Produces<HealthView>().Produces<HealthView>(503);
    }

    private static async Task ReadyAsync(HttpContext context, IHistorian historian, CentralMetrics metrics, KafkaStatus kafka, TimeProvider clock)
    {
        try
        {
            await historian.ReadOldestAsync(context.RequestAborted);
            await WriteAsync(context, clock, metrics.Trouble ?? kafka.Trouble);
        }
        catch (HistorianException e)
        {
            await WriteAsync(context, clock, e.Message);
        }
    }

    private static Task WriteAsync(HttpContext context, TimeProvider clock, string? reason)
    {
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.WriteJsonAsync(
            new HealthView(reason is null ? "ok" : "trouble", CentralVersion.Text, Timestamp.Now(clock), reason), CentralJson.Wire.HealthView);
    }
}
