using System.Globalization;
using Penstock.EdgeAgent.Site;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;

namespace Penstock.EdgeAgent.Commands;

/// <summary>What <c>penstock profile try</c> was told.</summary>
internal sealed record TrySettings
{
    public required string Host { get; init; }

    public int? Port { get; init; }

    public byte? Unit { get; init; }

    public string? Profile { get; init; }

    public IReadOnlyList<string> Profiles { get; init; } = [];

    public RegisterTable Table { get; init; } = RegisterTable.Holding;

    public ushort Address { get; init; }

    public int Count { get; init; } = 10;

    public TimeSpan? Timeout { get; init; }

    public bool Once { get; init; }

    public bool Json { get; init; }

    /// <summary>Draw over the round before instead of below it.</summary>
    public bool Refresh { get; init; }
}

/// <summary><c>penstock profile try</c>: connects, reads a round every second, prints it; connects again after a loss.</summary>
internal sealed class ProfileTry(TextWriter output, TextWriter errors, TimeProvider clock)
{
    private const string HomeAndClear = "\u001b[H\u001b[J";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(TrySettings settings, CancellationToken token)
    {
        if (!TryTarget(settings, out var target))
            return ExitCode.WrongUsage;
        var code = ExitCode.Problem;
        try
        {
            do
            {
                code = await StayConnectedAsync(settings, target, token);
                if (!settings.Once)
                    await Task.Delay(Every, clock, token);
            }
            while (!settings.Once);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Ctrl-C is how it ends; the last round says whether it went well.
        }

        return code;
    }

    private async Task<int> StayConnectedAsync(TrySettings settings, TryTarget target, CancellationToken token)
    {
        try
        {
            var channel = await TcpChannel.ConnectAsync(settings.Host, target.Port, target.Timeout, clock, token);
            await using var client = new ModbusClient(channel, clock, new("try"));
            var reader = new ProfileTryReader(client, target, clock);
            while (true)
            {
                var round = await reader.ReadAsync(token);
                Print(settings, round);
                if (settings.Once)
                    return round.Troubles.Count == 0 ? ExitCode.Fine : ExitCode.Problem;
                await Task.Delay(Every, clock, token);
            }
        }
        catch (ChannelException e)
        {
            Print(settings, TryRound.Failed(target, Contracts.Timestamp.Now(clock), e.Message, LikelyCause(e)));
            return ExitCode.Problem;
        }
    }

    private void Print(TrySettings settings, TryRound round)
    {
        if (settings.Json)
        {
            output.WriteLine(ProfileTryJson.Write(round));
            return;
        }

        if (settings.Refresh && !settings.Once)
            output.Write(HomeAndClear);
        output.WriteLine(ProfileTryText.Write(round));
    }

    private bool TryTarget(TrySettings settings, out TryTarget target)
    {
        var profile = settings.Profile is null ? null : FindProfile(settings.Profile, settings.Profiles);
        var connection = profile?.Connection ?? new();
        target = new()
        {
            Host = settings.Host,
            Port = settings.Port ?? connection.TcpPort,
            Unit = settings.Unit ?? connection.UnitId,
            Timeout = settings.Timeout ?? connection.Timeout,
            Pause = connection.PauseBetweenRequests,
            Profile = profile,
            Request = new(settings.Table, settings.Address, settings.Count),
        };
        if (settings.Profile is not null)
            return profile is not null;
        return CheckRequest(target.Request);
    }

    private bool CheckRequest(ReadRequest request)
    {
        var most = request.IsBits ? ReadRequest.MaxBits : ReadRequest.MaxRegisters;
        if (request.Count <= most && request.Start + request.Count <= 65_536)
            return true;
        errors.WriteLine(request.Count > most
            ? $"--count {request.Count} is more than one request can ask for; write {most} or less"
            : string.Create(CultureInfo.InvariantCulture, $"--address {request.Start} with --count {request.Count} runs past 65535, the last address there is"));
        return false;
    }

    private DeviceProfile? FindProfile(string idOrFile, IReadOnlyList<string> folders)
    {
        var store = new ProfileStore(ProfileStore.FoldersFor("here", folders));
        var found = File.Exists(idOrFile) ? ProfileLoader.Load(idOrFile) : store.Find(idOrFile);
        if (found is null)
            errors.WriteLine($"profile '{idOrFile}' is neither a file nor an id in {string.Join(", ", store.Folders.Distinct())}{Nearest(idOrFile, store)}");
        else if (found.Profile is null)
            errors.WriteLine(ProblemText.Render(found.Problems));
        return found?.Profile;
    }

    private static string Nearest(string id, ProfileStore store) =>
        NearestName.Of(id, store.Ids) is { } near ? $"; did you mean {near}?" : "";

    private static string LikelyCause(ChannelException e) => e switch
    {
        ConnectFailedException => "is the device on, the address right, port 502 open in between? does it allow one connection only, and another master has it?",
        ConnectionLostException => "many devices allow few connections: is another master connected? some close the connection for an unknown unit id",
        _ => "is this really a Modbus TCP port? a serial gateway may speak RTU over TCP, which this version does not read",
    };
}
