using Microsoft.AspNetCore.Http.Features;
using Penstock.Central.Web;

namespace Penstock.Central.Live;

/// <summary><c>GET /api/v1/live</c>: server-sent events.</summary>
internal static class LiveEndpoint
{
    /// <summary>How long one event may take to leave before the viewer is cut.</summary>
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(30);

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/live", StreamAsync)
        .WithSummary("Live values, tags, agents and gaps as server-sent events; begins with a snapshot.")
        .RequirePerson().Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

    private static async Task StreamAsync(
        HttpContext context, LiveHub hub, IHostApplicationLifetime lifetime, CentralMetrics metrics, TimeProvider clock, ILogger<LiveHub> log)
    {
        var viewer = new Viewer();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        if (hub.Join(viewer) is not { } frame)
        {
            await context.WriteProblemAsync(503, "Too many viewers", $"{LiveHub.MaxViewers} pages are open already; close some.");
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            while (true)
            {
                await WriteAsync(context, frame, clock, end.Token);
                frame = viewer.Behind ? hub.Restart(viewer) : await viewer.NextAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        catch (TimeoutException)
        {
            metrics.ViewerCut();
            log.ViewerCut(context.Connection.RemoteIpAddress?.ToString() ?? "?", WriteLimit.TotalSeconds);
            context.Abort();
        }
        finally
        {
            hub.Leave(viewer);
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] frame, TimeProvider clock, CancellationToken cancel)
    {
        var write = context.Response.Body.WriteAsync(frame, cancel).AsTask();
        return write.IsCompletedSuccessfully ? write : write.WaitAsync(WriteLimit, clock, cancel);
    }
}
