using System.Net;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;

namespace Penstock.Central.Web;

/// <summary>
/// The outermost step of every request: security headers, refusal of foreign host names (DNS rebinding) and of
/// state-changing requests from other sites, and errors as problem details.
/// </summary>
internal sealed class RequestGuard(CentralOptions options, CentralMetrics metrics, ILogger<RequestGuard> log)
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        if (Refusal(context.Request) is { } reason)
        {
            log.Rejected(context.Request.Method, context.Request.Path, StatusCodes.Status403Forbidden, reason);
            metrics.Rejected(StatusCodes.Status403Forbidden);
            await context.WriteProblemAsync(StatusCodes.Status403Forbidden, "Refused", reason);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception e)
    {
        var (status, title, detail) = e switch
        {
            BodyException body => (body.Status, body.Title, body.Message),
            BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == 413 ? "Body too large" : "Unusable request", bad.Message),
            HistorianException historian => (503, "Historian not available", historian.Message),
            _ => (500, "Internal error", "the centre failed on this request; its log has the reason."),
        };
        if (status == 500)
            log.RequestFailed(context.Request.Method, context.Request.Path, e.Message, e);
        else
            log.Rejected(context.Request.Method, context.Request.Path, status, detail);
        metrics.Rejected(status);
        await context.WriteProblemAsync(status, title, detail);
    }

    private string? Refusal(HttpRequest request) =>
        options.IsLoopback && !IsLocal(request.Host.Host)
            ? $"this centre listens on loopback and does not answer for the host name '{request.Host.Host}'; use 127.0.0.1 or localhost."
            : IsSafe(request.Method) || IsSameSite(request)
                ? null
                : "requests from other sites may not change anything; open the page itself.";

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsLocal(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Programs send neither header; browsers send at least one of them with a request that can change something.
    private static bool IsSameSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
            return false;
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
