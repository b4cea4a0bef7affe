using Penstock.Central.Web;

namespace Penstock.Central.Access;

/// <summary>
/// Asks for who is there when the centre listens beyond loopback. What an endpoint does not say is for people.
/// </summary>
internal sealed class AccessGuard(CentralOptions options, AccessStore store)
{
    public const string Cookie = "penstock_session";

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var required = context.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>()?.By ?? AccessBy.Person;
        return options.IsLoopback || MayEnter(context.Request, required) ? next(context) : RefuseAsync(context, required);
    }

    private bool MayEnter(HttpRequest request, AccessBy required) => required switch
    {
        AccessBy.Anyone => true,
        AccessBy.Agent => HasToken(request),
        AccessBy.PersonOrProgram => HasSession(request) || HasToken(request),
        _ => HasSession(request),
    };

    private bool HasSession(HttpRequest request) => request.Cookies[Cookie] is { Length: > 0 and < 200 } session && store.IsSession(session);

    private bool HasToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: < 200 } header
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && store.IsToken(header["Bearer ".Length..].Trim());

    private static Task RefuseAsync(HttpContext context, AccessBy required)
    {
        if (required == AccessBy.Agent)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return context.WriteProblemAsync(
                401, "Token needed", "the ingest token is missing or wrong; 'penstock-central token add NAME --data DIR' on the centre makes one, the site file names it under forward.");
        }

        return IsPage(context.Request)
            ? LoginEndpoints.WriteLoginNeededAsync(context)
            : context.WriteProblemAsync(401, "Login needed", "open the link that 'penstock-central login-link --data DIR' prints on the centre.");
    }

    private static bool IsPage(HttpRequest request) => request.Path == "/" || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}

internal enum AccessBy
{
    Person,
    Agent,
    PersonOrProgram,
    Anyone,
}

internal sealed record AccessRequirement(AccessBy By);
