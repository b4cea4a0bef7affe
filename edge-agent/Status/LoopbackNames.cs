using System.Net;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// Against DNS rebinding: a web page elsewhere can make its own name resolve to this machine and read what answers there.
/// A request that arrives on loopback must therefore call the machine by a loopback name.
/// </summary>
internal static class LoopbackNames
{
    public static Task RefuseOthers(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host;
        if (context.Connection.LocalIpAddress is not { } local || !IPAddress.IsLoopback(local) || IsLoopbackName(host))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return context.Response.WriteAsync("This page answers to localhost, 127.0.0.1 and [::1] only. From another machine: ssh -L 8421:<address of this page> <this machine>, then http://localhost:8421/\n", context.RequestAborted);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]";
}
