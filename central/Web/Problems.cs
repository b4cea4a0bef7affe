using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Penstock.Central.Api;

namespace Penstock.Central.Web;

/// <summary>Errors after RFC 9457; the detail says the repair.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public static Task WriteProblemAsync(this HttpContext context, int status, string title, string detail)
    {
        var problem = new ProblemView("about:blank", title, status, detail);
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        return JsonSerializer.SerializeAsync(context.Response.Body, problem, CentralJson.Wire.ProblemView, context.RequestAborted);
    }

    /// <summary>Says in the API's description that an endpoint can answer with this status.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, int status) => endpoint.Produces<ProblemView>(status, ContentType);

    public static Task WriteBadRequestAsync(this HttpContext context, string detail) =>
        context.WriteProblemAsync(StatusCodes.Status400BadRequest, ReasonPhrases.GetReasonPhrase(400), detail);
}
