using System.Net;
using Microsoft.Extensions.Hosting.Systemd;
using Penstock.Contracts;
using Penstock.EdgeAgent.Commands;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Normalising;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Running;

/// <summary>What <c>penstock run</c> was told.</summary>
internal sealed record RunSettings
{
    public required string Site { get; init; }

    public required string Data { get; init; }

    public required IReadOnlyList<string> Profiles { get; init; }

    public required IPEndPoint Listen { get; init; }

    public bool Verbose { get; init; }
}

/// <summary>
/// <c>penstock run</c> from start to end: configuration, data folder, outbox, agent, status page. What cannot start says why
/// on standard error and ends with 2 (configuration) or 1 (everything else).
/// </summary>
internal sealed class RunProgram(RunSettings settings)
{
    private readonly TimeProvider _clock = new SteadyClock(TimeProvider.System);

    public async Task<int> RunAsync(CancellationToken token)
    {
        NativeHeap.KeepSmall();
        // Until a command has given its task back, a signal ends the process on the spot; the start must end in order too.
        await Task.Yield();
        using var logs = LineFormatter.CreateFactory(settings.Verbose);
        var log = logs.CreateLogger("penstock");
        var configuration = Configuration.Load(settings.Site, settings.Profiles, new LastGood(Path.GetFullPath(settings.Data)));
        foreach (var problem in configuration.Problems)
            await Console.Error.WriteLineAsync(ProblemText.Render(problem));
        if (configuration.Site is not { } site)
        {
            await Console.Error.WriteLineAsync($"{settings.Site} cannot be used, and {settings.Data} holds no last good configuration to go on with");
            return ExitCode.WrongUsage;
        }

        try
        {
            await RunAsync(configuration, site, logs, log, token);
            return ExitCode.Fine;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return ExitCode.Fine;
        }
        catch (Exception e) when (e is DataFolderException or OutboxException or IOException)
        {
            log.Trouble(e.Message);
            return ExitCode.Problem;
        }
    }

    private async Task RunAsync(Configuration configuration, SiteConfig site, ILoggerFactory logs, ILogger log, CancellationToken token)
    {
        using var folder = DataFolder.Open(settings.Data);
        var started = Timestamp.Now(_clock);
        WriteIfPossible(log, () => folder.TellHolder(site.Name, started));
        if (!configuration.IsLastGood)
            WriteIfPossible(log, () => KeepLastGood(folder, site));
        var options = site.StorageAuto && Medium.IsCard(folder.Path) ? site.Outbox with { Storage = StorageMode.Card } : site.Outbox;
        options = options with { ClassOf = new TagClasses(site.Devices).Of };
        var identity = new AgentIdentity
        {
            Agent = folder.Agent,
            Site = site.Name,
            Started = started,
            SiteFile = Path.GetFullPath(settings.Site),
            DataFolder = folder.Path,
            Notes = [.. configuration.Notes, Configuration.StorageNote(options, site.StorageAuto)],
            Profiles = site.Devices.ToDictionary(device => device.Name, TagInfos.ProfileName),
        };
        await using var outbox = SegmentOutbox.Open(folder.Outbox, folder.Agent, site.Name, options, _clock, logs.CreateLogger<SegmentOutbox>());
        var way = ForwardingWay.Of(site, folder, outbox, _clock, log);
        await using var agent = new Agent(
            identity, site.Devices, device => Sources.Protocols.Find(device.Profile.Kind)!.Create(device, _clock), outbox, way.Publisher, _clock, log, way.Confirmed);
        await using var page = await StartPageAsync(agent, logs, token);
        log.Started(Machine.Version, folder.Agent, site.Name, site.Devices.Count, agent.Tags, folder.Path);
        foreach (var note in identity.Notes)
            log.Note(note);
        WriteIfPossible(log, () => File.WriteAllText(folder.StatusAddress, page.Address + "\n"));
        await Console.Out.WriteLineAsync($"status page {page.Address}");
        await Console.Out.FlushAsync(token);
        new SystemdNotifier().Notify(ServiceState.Ready);
        await agent.RunAsync(token);
    }

    private async Task<StatusHost> StartPageAsync(Agent agent, ILoggerFactory logs, CancellationToken token)
    {
        try
        {
            return await StatusHost.StartAsync(settings.Listen, agent.Status, logs, token);
        }
        catch (IOException e)
        {
            throw new IOException($"the status page cannot listen on {settings.Listen}: {e.Message}; name a free port with --listen, or 127.0.0.1:0 for any", e);
        }
    }

    /// <summary>A full disk does not stop the start: what waits in the outbox has to get out, and makes room.</summary>
    private static void WriteIfPossible(ILogger log, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is DataFolderException or IOException or UnauthorizedAccessException)
        {
            log.Note($"{e.Message}. Going on without it");
        }
    }

    private static void KeepLastGood(DataFolder folder, SiteConfig site)
    {
        try
        {
            new LastGood(folder.Path).Keep(site.Files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"data folder {folder.Path} cannot keep a copy of the configuration: {e.Message}; free space or make it writable for this user", e);
        }
    }
}
