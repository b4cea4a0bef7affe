using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Penstock.Central.Access;
using Penstock.Central.Data;
using Penstock.Central.Historian.Postgres;
using Penstock.Central.Kafka.Check;
using Penstock.Central.Live;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central run</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var listen = new Option<string>("--listen")
        {
            Description = "Address and port to listen on; port 0 takes a free one.",
            DefaultValueFactory = _ => "127.0.0.1:8420",
        };
        var retention = new Option<double?>("--retention-days") { Description = "Readings older than this are removed; roll-ups stay longer. Default: until the disk floor." };
        var floor = new Option<string>("--disk-floor")
        {
            Description = "When the disk has less free space, the oldest readings go first (those of the last day stay).",
            DefaultValueFactory = _ => "1GiB",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log more." };
        var command = new Command("run", "Takes records, keeps their history, serves the live page.") { data, listen, retention, floor, verbose };
        var history = new HistorianOptions();
        history.AddTo(command);
        var kafka = new KafkaArguments();
        kafka.AddTo(command);
        command.SetAction((parsed, cancel) => CommonOptions.GuardAsync(() => StartAsync(
            CentralOptionsParser.Parse(
                parsed.GetRequiredValue(data), parsed.GetRequiredValue(listen), parsed.GetValue(retention), parsed.GetRequiredValue(floor), parsed.GetValue(verbose))
                with
            { Kafka = kafka.Of(parsed) },
            history.ServerOf(parsed),
            cancel)));
        return command;
    }

    private static async Task<int> StartAsync(CentralOptions options, Server? server, CancellationToken cancel)
    {
        var clock = TimeProvider.System;
        using var folder = DataFolder.Open(options.DataFolder, clock);
        await using var historian = await HistorianOptions.OpenAsync(
            server, options.HistoryFile, clock, reason => Console.Error.WriteLine($"penstock-central: {reason}. Trying again"), cancel);
        await using var app = CentralApp.Build(options, historian, clock);
        var hub = app.Services.GetRequiredService<LiveHub>();
        await hub.LoadAsync(cancel);
        if (options.Kafka is { } kafka)
            await StartCheck.RunAsync(kafka, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Penstock.Central.Kafka"));
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException)
        {
            throw PortTaken(options.Listen, e);
        }
        catch (SocketException e)
        {
            throw PortTaken(options.Listen, e);
        }

        await AnnounceAsync(app, options, cancel);
        await app.WaitForShutdownAsync(cancel);
        File.Delete(options.AddressFile);
        return ExitCode.Fine;
    }

    private static async Task AnnounceAsync(WebApplication app, CentralOptions options, CancellationToken cancel)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Penstock.Central");
        var address = app.Urls.First().TrimEnd('/') + "/";
        var port = new Uri(address).Port;
        log.Started(CentralVersion.Text, options.DataFolder, app.Services.GetRequiredService<LiveBoard>().Tags().Count);
        var ready = options.IsLoopback ? address : $"http://{StartText.HostName(options.Listen.Address)}:{port}/";
        await File.WriteAllTextAsync(options.AddressFile, ready + "\n", cancel);
        Console.WriteLine($"penstock-central ready {ready}");
        if (StartText.HasLoopback(options.Listen.Address))
            Console.WriteLine(StartText.FromLaptop(port));
        if (options.IsLoopback)
            return;

        log.NotEncrypted(address);
        var store = app.Services.GetRequiredService<AccessStore>();
        if (!store.HasSession)
            Console.WriteLine($"first login (once, within 15 minutes): {ready}login?code={await store.NewCodeAsync(cancel)}");
        if (store.Tokens.Count == 0)
            Console.WriteLine($"agents need a token: penstock-central token add NAME --data {options.DataFolder}");
    }

    private static StartException PortTaken(IPEndPoint listen, Exception inner) => new(
        $"cannot listen on {listen}: {(inner.InnerException ?? inner).Message.TrimEnd('.')}. If another program has the port, stop it, choose another with --listen, or use --listen {listen.Address}:0 for a free one",
        ExitCode.Problem,
        inner);
}
