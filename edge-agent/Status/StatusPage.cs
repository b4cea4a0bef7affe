using System.Text;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// The agent's own small web page, read only: <c>/</c> for people, <c>/status.json</c>, <c>/healthz</c>, <c>/metrics</c>.
/// </summary>
internal static class StatusPage
{
    private static readonly string Page = Load();

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
        var nonce = Guid.NewGuid().ToString("N");
        context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
        var page = Page.Replace("<script>", $"<script nonce=\"{nonce}\">", StringComparison.Ordinal)
            .Replace("<style>", $"<style nonce=\"{nonce}\">", StringComparison.Ordinal);
        await context.Response.WriteAsync(page, context.RequestAborted);
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

    private static string Load()
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream("status.html")
            ?? throw new InvalidOperationException("status.html is not embedded in the program");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// Nothing may run or load but the page's own script and style, told by a number used once (CSP level 3, 2.3.1).
    /// No hash here and at the start: a box without OpenSSL would end the whole process.
    /// </summary>
    private static string Policy(string nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
