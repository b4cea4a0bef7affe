using System.Security.Cryptography;
using System.Text;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// The agent's own small web page, read only: <c>/</c> for people, <c>/status.json</c>, <c>/healthz</c>, <c>/metrics</c>.
/// </summary>
internal static class StatusPage
{
    private static readonly byte[] Page = Load();
    private static readonly string Policy = PolicyFor(Encoding.UTF8.GetString(Page));

    /// <summary>Answers GET on the four addresses; everything else is 404 or 405.</summary>
    public static void Map(WebApplication app, IAgentStatus status)
    {
        app.Use(LoopbackNames.RefuseOthers);
        app.Use(AddHeaders);
        app.MapGet("/", (RequestDelegate)AnswerPage);
        app.MapGet("/status.json", (RequestDelegate)(context => AnswerStatus(context, status.Look())));
        app.MapGet("/healthz", (RequestDelegate)(context => AnswerHealth(context, status.Look())));
        app.MapGet("/metrics", (RequestDelegate)(context => AnswerMetrics(context, status.Look())));
    }

    private static async Task AnswerPage(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        await context.Response.Body.WriteAsync(Page, context.RequestAborted);
    }

    private static Task AnswerStatus(HttpContext context, AgentSnapshot look) =>
        context.Response.WriteAsJsonAsync(StatusView.Of(look), StatusJson.Default.StatusView, cancellationToken: context.RequestAborted);

    private static Task AnswerHealth(HttpContext context, AgentSnapshot look)
    {
        var health = Health.Of(look);
        context.Response.StatusCode = health.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsJsonAsync(health, StatusJson.Default.HealthView, cancellationToken: context.RequestAborted);
    }

    private static Task AnswerMetrics(HttpContext context, AgentSnapshot look)
    {
        context.Response.ContentType = MetricsText.ContentType;
        var metrics = MetricsText.Of(look, Environment.WorkingSet, Environment.CpuUsage.TotalTime.TotalSeconds);
        return context.Response.WriteAsync(metrics, context.RequestAborted);
    }

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }

    private static byte[] Load()
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream("status.html")
            ?? throw new InvalidOperationException("status.html is not embedded in the program");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Nothing may run or load but the page's own script and style, told by their hashes.</summary>
    private static string PolicyFor(string page) =>
        $"default-src 'none'; script-src {Hash(page, "script")}; style-src {Hash(page, "style")}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string Hash(string page, string element)
    {
        var from = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var to = page.IndexOf($"</{element}>", StringComparison.Ordinal);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page[from..to])))}'";
    }
}
