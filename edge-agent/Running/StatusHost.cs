using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Penstock.EdgeAgent.Status;

namespace Penstock.EdgeAgent.Running;

/// <summary>The small web server of the agent: status page, health and metrics, on loopback.</summary>
internal sealed class StatusHost : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromMilliseconds(300);
    private readonly WebApplication _app;

    private StatusHost(WebApplication app) => _app = app;

    /// <summary>With the port the system chose.</summary>
    public string Address { get; private set; } = "";

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<StatusHost> StartAsync(IPEndPoint listen, IAgentStatus status, ILoggerFactory logs, CancellationToken token)
    {
        // The empty builder reads no files, no environment and no arguments: what the agent does stands in its site file only.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listen));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        StatusPage.Map(app, status);
        var host = new StatusHost(app);
        try
        {
            await app.StartAsync(token);
        }
        catch (Exception)
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        host.Address = (address ?? $"http://{listen}").TrimEnd('/') + "/";
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(StopWithin);
        await _app.DisposeAsync();
    }

    /// <summary>Signals are the command line's business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
