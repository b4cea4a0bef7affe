using Penstock.Central.Access;

namespace Penstock.Central.Web;

/// <summary>How an endpoint says who may use it beyond loopback.</summary>
internal static class AccessConventions
{
    public static T RequireAgent<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.Require(AccessBy.Agent);

    public static T RequirePerson<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.Require(AccessBy.Person);

    public static T OpenToPrograms<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.Require(AccessBy.PersonOrProgram);

    public static T OpenToAnyone<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.Require(AccessBy.Anyone);

    private static T Require<T>(this T endpoint, AccessBy by)
        where T : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new AccessRequirement(by));
        return endpoint;
    }
}
