using System.Net.Sockets;
using Penstock.EdgeAgent.Simulation;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Commands;

/// <summary>What <c>penstock profile sim</c> was told.</summary>
internal sealed record SimSettings
{
    public string? Site { get; init; }

    public string? WriteSite { get; init; }

    public string? Profile { get; init; }

    public int Port { get; init; }

    public byte? Unit { get; init; }

    public required IReadOnlyList<string> Profiles { get; init; }

    public required int Seed { get; init; }

    public bool Faults { get; init; } = true;

    public bool Json { get; init; }
}

/// <summary><c>penstock profile sim</c>: starts the servers, prints where they are and <c>ready</c>, and plays until told to stop.</summary>
internal sealed class ProfileSim(TextWriter output, TextWriter errors, TimeProvider clock)
{
    public async Task<int> RunAsync(SimSettings settings, CancellationToken token)
    {
        await using var plant = new SimulatedPlant(settings.Seed, settings.Faults, clock);
        try
        {
            var started = settings switch
            {
                { Site: { } site, Profile: null } => await PlaySiteAsync(plant, site, settings, token),
                { Site: null, Profile: { } profile, WriteSite: null } => PlayProfile(plant, profile, settings),
                _ => Refuse("name either --site FILE (with --write-site) or --profile ID-or-FILE"),
            };
            if (!started)
                return ExitCode.WrongUsage;
            Tell(plant.Played, settings.Json);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
        catch (SocketException e)
        {
            Refuse($"cannot listen on 127.0.0.1:{settings.Port}: {e.Message}; name a free port with --port, or 0 for any");
            return ExitCode.Problem;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse($"{settings.WriteSite} cannot be written: {e.Message}");
            return ExitCode.Problem;
        }

        return ExitCode.Fine;
    }

    private async Task<bool> PlaySiteAsync(SimulatedPlant plant, string path, SimSettings settings, CancellationToken token)
    {
        var result = SiteLoader.Load(path, settings.Profiles);
        if (result.Config is null || SourceFile.Read(path, out _) is not { } source)
            return Refuse(ProblemText.Render(result.Problems));

        var ports = new Dictionary<YamlMap, int>(ReferenceEqualityComparer.Instance);
        foreach (var (block, devices) in SiteBlocks.Of(source, result.Config.Devices))
            ports[block] = plant.Play([.. devices.Select(device => new Role(device.Name, device.Profile, device.UnitId))], port: 0);
        if (settings.WriteSite is { } copy)
            await File.WriteAllTextAsync(copy, SitePorts.Apply(source, ports), token);
        return true;
    }

    private bool PlayProfile(SimulatedPlant plant, string idOrFile, SimSettings settings)
    {
        var result = File.Exists(idOrFile)
            ? ProfileLoader.Load(idOrFile)
            : new ProfileStore(ProfileStore.FoldersFor(Path.Combine(Environment.CurrentDirectory, "site.yaml"), settings.Profiles)).Find(idOrFile);
        if (result is null)
            return Refuse($"there is no profile \"{idOrFile}\"; name a file, or an id from hardware-profiles");
        if (result.Profile is not { } profile)
            return Refuse(ProblemText.Render(result.Problems));
        plant.Play([new(profile.Id, profile, settings.Unit ?? profile.Connection.UnitId)], settings.Port);
        return true;
    }

    private void Tell(IReadOnlyList<Played> played, bool json)
    {
        if (json)
        {
            output.WriteLine(SimJson.Ready(played));
        }
        else
        {
            foreach (var one in played)
                output.WriteLine(one);
            output.WriteLine($"ready: {played.Count} simulated, until Ctrl-C");
        }

        output.Flush();
    }

    private bool Refuse(string message)
    {
        errors.WriteLine(message);
        return false;
    }
}
