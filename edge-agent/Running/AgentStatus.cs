using Penstock.Contracts;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Sources;
using Penstock.EdgeAgent.Status;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Running;

/// <summary>The agent's account of itself, put together at every look from the parts that know. Any thread may look.</summary>
internal sealed class AgentStatus(
    AgentIdentity identity, IReadOnlyList<DeviceRunner> devices, IOutbox outbox, LinkMonitor link, IPublisher publisher,
    ConfirmedOutbox? confirmed, AgentCounters counters, MachineClock machineClock, TimeProvider clock) : IAgentStatus
{
    private readonly string? _machine = Machine.Hash();

    public AgentSnapshot Look() => new()
    {
        Heartbeat = Heartbeat(),
        Tags = [.. devices.SelectMany(device => device.Tags.Select(tag => Look(device, tag)))],
        DataFolder = identity.DataFolder,
        SiteFile = identity.SiteFile,
        Gauges = publisher.Account.Gauges,
    };

    public Heartbeat Heartbeat()
    {
        var status = outbox.Status;
        var account = publisher.Account;
        var confirming = confirmed?.Look();
        return new Heartbeat
        {
            Agent = identity.Agent,
            Site = identity.Site,
            Ts = Timestamp.Now(clock),
            Started = identity.Started,
            IntervalSeconds = Announcer.Interval.TotalSeconds,
            Version = Machine.Version,
            Platform = Machine.Platform,
            Machine = _machine,
            Epoch = outbox.Epoch,
            Epochs = status.Epochs,
            Outbox = status.State,
            Link = Look(confirming),
            Clock = machineClock.State,
            Devices = [.. devices.Select(Look)],
            Counters = Counters(status, account, confirming),
            Notes = [.. identity.Notes, .. confirming?.Notes(account.Replicas) ?? []],
        };
    }

    private LinkState Look(ConfirmState? confirming) =>
        confirming is null
            ? link.Look()
            : link.Look() with { Durability = confirming.Durability, Unconfirmed = confirming.WaitsForHistorian ? confirming.Waiting : null };

    private DeviceState Look(DeviceRunner device)
    {
        var health = device.Health;
        var account = device.Account;
        return new DeviceState
        {
            Name = device.Device,
            State = health.State,
            Since = health.Since,
            Why = health.Why,
            Profile = identity.Profiles.GetValueOrDefault(device.Device),
            Address = device.Address,
            Tags = device.Tags.Count,
            Scheduled = account.Scheduled,
            Good = account.Good,
            NotGood = account.NotGood,
            Suppressed = account.Suppressed,
            Missed = account.Missed,
        };
    }

    private static TagSnapshot Look(DeviceRunner device, TagDefinition tag)
    {
        var latest = device.Latest(tag.Tag);
        return new TagSnapshot
        {
            Device = device.Device,
            Tag = tag.Tag,
            Label = tag.Label,
            Unit = tag.Unit,
            Value = latest?.Value.Number,
            Text = latest?.Text,
            Raw = latest?.Raw,
            Q = latest?.Q ?? Quality.Bad,
            Why = latest is null ? "not read yet" : latest.Why,
            Ts = latest?.Ts,
            StaleAfterSeconds = tag.Interval is { } interval ? (3 * interval).TotalSeconds : null,
        };
    }

    private Dictionary<string, long> Counters(OutboxStatus status, PublisherAccount account, ConfirmState? confirming)
    {
        var all = new Dictionary<string, long>(counters.Look());
        foreach (var (name, value) in OutboxCounters(status).Concat(account.Counters).Concat(confirming?.Counters() ?? new Dictionary<string, long>()))
            all[name] = value;
        foreach (var ((recordClass, cause), count) in status.Drops)
            all[$"outbox_dropped_{recordClass.ToString().ToLowerInvariant()}_{cause.Replace('-', '_')}_records_total"] = count;
        return all;
    }

    private static Dictionary<string, long> OutboxCounters(OutboxStatus status) => new()
    {
        ["outbox_records_accepted_total"] = status.Accepted,
        ["outbox_records_acknowledged_total"] = status.Acknowledged,
        ["outbox_records_dropped_total"] = status.Dropped,
        ["outbox_written_bytes_total"] = status.BytesWritten,
        ["outbox_syncs_total"] = status.Syncs,
        ["outbox_groups_total"] = status.Groups,
        ["outbox_thinned_records_total"] = status.Thinned,
    };
}
