using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Normalising;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Sources;
using Penstock.EdgeAgent.Status;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// The running agent: sources → normalise → outbox → forwarder, and the announcer beside them. Starts everything, keeps every
/// task, and ends in order within five seconds: sources (what they read is handed over), what still can be sent, forwarder,
/// outbox. One failing part never ends another; each part restarts by itself.
/// </summary>
internal sealed class Agent : IAsyncDisposable
{
    private static readonly TimeSpan HousekeepingEvery = TimeSpan.FromSeconds(1);

    private readonly string _site;
    private readonly IOutbox _outbox;
    private readonly IPublisher _publisher;
    private readonly ConfirmedOutbox? _confirmed;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly AgentCounters _counters = new();
    private readonly MachineClock _machineClock;
    private readonly IReadOnlyList<DeviceRunner> _devices;
    private readonly LinkMonitor _link;
    private readonly Forwarder _forwarder;
    private readonly Announcer _announcer;
    private readonly AgentStatus _status;

    public Agent(
        AgentIdentity identity, IReadOnlyList<DeviceSettings> devices, Func<DeviceSettings, ISource> create,
        IOutbox outbox, IPublisher publisher, TimeProvider clock, ILogger log, ConfirmedOutbox? confirmed = null)
    {
        _site = identity.Site;
        _confirmed = confirmed;
        _outbox = outbox;
        _publisher = publisher;
        _clock = clock;
        _log = log;
        _machineClock = new MachineClock(KernelClock.IsSynchronised, clock, log);
        _link = new LinkMonitor(publisher.To, publisher.Durability, clock, log);
        var parts = new RunnerParts(_counters, _machineClock, clock, log, Changed);
        _devices = [.. devices.Select(device => new DeviceRunner(identity.Site, () => create(device), outbox, parts))];
        var refused = new RefusedRecords(Path.Combine(identity.DataFolder, "refused"), _counters, clock, log, confirmed is null ? null : confirmed.Refused);
        _forwarder = new Forwarder(confirmed ?? outbox, publisher, _link, refused, _counters, clock, log);
        _status = new AgentStatus(identity, _devices, outbox, _link, publisher, confirmed, _counters, _machineClock, clock);
        var tags = devices.Zip(_devices).SelectMany(pair => TagInfos.Of(identity.Site, identity.Agent, pair.First, pair.Second.Tags, identity.Started));
        _announcer = new Announcer(publisher, _status.Heartbeat, new TagVersions(identity.DataFolder, log).Number([.. tags]), _link, _counters, clock, log);
    }

    public IAgentStatus Status => _status;

    public int Tags => _devices.Sum(device => device.Tags.Count);

    /// <summary>Runs until cancelled, then stops in order.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        await TellOffsetsAsync(_machineClock.Check(), token);
        using var forwarding = new CancellationTokenSource();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(token);
        var sources = Task.WhenAll(_devices.Select(device => device.RunAsync(reading.Token)));
        var keeping = KeepHouseAsync(reading.Token);
        var announcing = _announcer.RunAsync(reading.Token);
        var sending = Task.WhenAll(_forwarder.RunAsync(forwarding.Token), _confirmed?.RunAsync(forwarding.Token) ?? Task.CompletedTask);

        // A part that ends before it was told to has failed beyond its own repair; then the agent stops in order and says why.
        var ended = await Task.WhenAny(sources, keeping, announcing, sending);
        if (!token.IsCancellationRequested)
            _log.Trouble($"a part of the agent ended by itself: {ended.Exception?.GetBaseException().Message ?? "no reason given"}");
        await reading.CancelAsync();
        await StopAsync(sources, Task.WhenAll(keeping, announcing), sending, forwarding);
        if (!token.IsCancellationRequested)
            await ended;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices)
            device.Dispose();
        await _publisher.DisposeAsync();
        _counters.Dispose();
    }

    private void Changed() => _announcer.Kick();

    private async Task StopAsync(Task sources, Task beside, Task sending, CancellationTokenSource forwarding)
    {
        _log.Stopping();
        var budget = new StopBudget(TimeSpan.FromSeconds(4.5), _clock, _log);
        await budget.GiveAsync(TimeSpan.FromSeconds(1.5), "reading", sources);
        await budget.GiveAsync(TimeSpan.FromSeconds(0.2), "the last word on the clock", TellOffsetsAsync(_machineClock.Rest(), CancellationToken.None));
        await budget.GiveAsync(TimeSpan.FromSeconds(1.2), "sending the last records", _forwarder.DrainAsync(TimeSpan.FromSeconds(1)));
        await forwarding.CancelAsync();
        await budget.GiveAsync(TimeSpan.FromSeconds(0.5), "the forwarder", sending);
        await budget.GiveAsync(TimeSpan.FromSeconds(0.3), "announcing", beside);
        await budget.GiveAsync(budget.Rest, "the outbox", _outbox.DisposeAsync().AsTask());
        _log.Stopped(_outbox.Status.State.Records);
    }

    /// <summary>The outbox puts the numbers in. That it is full or failing is its own business.</summary>
    private async Task TellOffsetsAsync(IReadOnlyList<ClockOffset> offsets, CancellationToken token)
    {
        if (offsets.Count == 0)
            return;
        try
        {
            await _outbox.AppendAsync([], [.. offsets.Select(offset => ClockOffsets.Event(_site, offset, Timestamp.Now(_clock), _machineClock.State))], token);
        }
        catch (OutboxException e)
        {
            _log.Trouble(e.Message);
        }
    }

    private async Task KeepHouseAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(HousekeepingEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(token))
            {
                await TellOffsetsAsync(_machineClock.Check(), token);
                foreach (var device in _devices)
                    await device.CloseGapsAsync(all: false);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }
}
