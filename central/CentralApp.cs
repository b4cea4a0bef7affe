using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Penstock.Central.Access;
using Penstock.Central.Api;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;
using Penstock.Central.Kafka;
using Penstock.Central.Live;
using Penstock.Central.Logging;
using Penstock.Central.Web;

namespace Penstock.Central;

/// <summary>Puts the centre together: no configuration but the options, no provider that was not asked for.</summary>
internal static class CentralApp
{
    private const int MaxConnections = 2000;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(4);

    public static WebApplication Build(CentralOptions options, IHistorian historian, TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Listen);
            kestrel.Limits.MaxRequestBodySize = BodyReader.MaxWireBytes + 1;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        });
        AddLogging(builder, options);
        AddServices(builder.Services, options, historian, clock);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddLogging(WebApplicationBuilder builder, CentralOptions options)
    {
        builder.Logging.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", options.Verbose ? LogLevel.Information : LogLevel.Critical);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Logging.AddOneLine();
    }

    private static void AddServices(IServiceCollection services, CentralOptions options, IHistorian historian, TimeProvider clock)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        services.AddRoutingCore();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, CentralJson.Wire));
        services.AddSystemd();
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Penstock centre";
            document.Info.Version = CentralVersion.Text;
            return Task.CompletedTask;
        }));
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("penstock-central", serviceVersion: CentralVersion.Text)).WithMetrics(metrics => metrics.AddMeter(CentralMetrics.MeterName).AddPrometheusExporter());
        services.AddSingleton(options).AddSingleton(clock).AddSingleton(historian);
        services.AddSingleton<IngestQueue>().AddSingleton(new IngestBudget()).AddSingleton<CentralMetrics>().AddSingleton<Housekeeping>();
        services.AddSingleton<LiveBoard>().AddSingleton<LiveHub>().AddSingleton<HistoryGate>();
        services.AddSingleton<RequestGuard>().AddSingleton<AccessGuard>().AddSingleton<PageFiles>();
        services.AddSingleton(new AccessStore(options.AccessFile, clock));
        services.AddHostedService<IngestWriter>();
        services.AddKafka(options.Kafka);
        services.AddHostedService(provider => provider.GetRequiredService<LiveHub>());
        if (historian is IChangeFeed feed)
            services.AddSingleton(feed).AddHostedService<LiveFollower>();
    }

    // The guard stands outside of everything; who may enter is asked once the endpoint is known.
    private static void Map(WebApplication app)
    {
        var guard = app.Services.GetRequiredService<RequestGuard>();
        var access = app.Services.GetRequiredService<AccessGuard>();
        app.Use(guard.RunAsync);
        app.UseRouting();
        app.Use(access.RunAsync);
        app.MapIngest();
        app.MapPlant();
        app.MapHistory();
        app.MapLive();
        app.MapHealth();
        app.MapStreams();
        app.MapLogin();
        app.MapOpenApi("/openapi/v1.json").OpenToPrograms();
        app.MapPrometheusScrapingEndpoint("/metrics").OpenToPrograms();
        app.Services.GetRequiredService<PageFiles>().Map(app);
        app.MapFallback(context => context.WriteProblemAsync(404, "Not found", "there is nothing here; GET /openapi/v1.json lists what there is."));
    }
}
