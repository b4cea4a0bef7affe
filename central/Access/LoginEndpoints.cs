using Penstock.Central.Web;

namespace Penstock.Central.Access;

/// <summary><c>/login?code=…</c> takes a one-time code for a session cookie; <c>POST /logout</c> ends the session.</summary>
internal static class LoginEndpoints
{
    private static readonly TimeSpan CookieLife = TimeSpan.FromDays(30);

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", LogInAsync).OpenToAnyone().ExcludeFromDescription();
        routes.MapPost("/logout", LogOutAsync).RequirePerson().ExcludeFromDescription();
    }

    public static Task WriteLoginNeededAsync(HttpContext context) => WriteTextAsync(
        context, StatusCodes.Status401Unauthorized, "Login needed", "",
        "On the machine of the centre, type <code>penstock-central login-link --data DIR</code> and open the link it prints here.");

    private static async Task LogInAsync(HttpContext context, AccessStore store, string? code)
    {
        if (code is not { Length: > 0 and < 200 } || await store.LogInAsync(code, context.RequestAborted) is not { } session)
        {
            await WriteTextAsync(
                context, StatusCodes.Status403Forbidden, "This link is used up or too old", "",
                "A link works once and for 15 minutes. <code>penstock-central login-link --data DIR</code> on the centre prints a new one.");
            return;
        }

        context.Response.Cookies.Append(AccessGuard.Cookie, session, new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = CookieLife,
        });

        // A strict cookie is not sent on a redirect that began on another site, so the page itself moves on.
        await WriteTextAsync(
            context, StatusCodes.Status200OK, "Logged in", """<meta http-equiv="refresh" content="0; url=/">""", """<a href="/">To the plant</a>""");
    }

    private static async Task LogOutAsync(HttpContext context, AccessStore store)
    {
        if (context.Request.Cookies[AccessGuard.Cookie] is { } session)
            await store.LogOutAsync(session, context.RequestAborted);
        context.Response.Cookies.Delete(AccessGuard.Cookie);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task WriteTextAsync(HttpContext context, int status, string title, string head, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{head}<title>Penstock: {title}</title></head><body><h1>{title}</h1><p>{body}</p></body></html>",
            context.RequestAborted);
    }
}
