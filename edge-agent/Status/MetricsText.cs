using System.Globalization;
using System.Text;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Status;

/// <summary>
/// The agent's metrics in the Prometheus text format 0.0.4, from one snapshot.
/// Names are <c>area_what_unit[_total]</c>; the counters of the heartbeat keep theirs.
/// </summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    private MetricsText()
    {
    }

    public static string Of(AgentSnapshot look, long residentBytes, double cpuSeconds)
    {
        var metrics = new MetricsText();
        metrics.Agent(look.Heartbeat);
        metrics.Outbox(look.Heartbeat);
        metrics.Link(look.Heartbeat.Link);
        metrics.Devices(look.Heartbeat.Devices);
        foreach (var (name, value) in look.Heartbeat.Counters.OrderBy(counter => counter.Key, StringComparer.Ordinal))
            metrics.Counter(name, value);
        foreach (var (name, value) in look.Gauges.OrderBy(gauge => gauge.Key, StringComparer.Ordinal))
            metrics.Gauge(name, value);
        metrics.Gauge("process_resident_memory_bytes", residentBytes);
        metrics.Counter("process_cpu_seconds_total", cpuSeconds);
        return metrics._text.ToString();
    }

    private void Agent(Heartbeat heartbeat)
    {
        Gauge("agent_info", 1, ("agent", heartbeat.Agent), ("site", heartbeat.Site), ("version", heartbeat.Version), ("epoch", heartbeat.Epoch));
        Gauge("agent_start_time_seconds", heartbeat.Started.Microseconds / 1e6);
        Gauge("agent_clock_synchronised", heartbeat.Clock == ClockState.Synchronised ? 1 : 0);
    }

    private void Outbox(Heartbeat heartbeat)
    {
        var outbox = heartbeat.Outbox;
        Gauge("outbox_used_bytes", outbox.Bytes);
        Gauge("outbox_cap_bytes", outbox.CapBytes);
        Gauge("outbox_waiting_records", outbox.Records);
        Gauge("outbox_oldest_age_seconds", outbox.Oldest is { } oldest ? Math.Max(0, (heartbeat.Ts - oldest).TotalSeconds) : 0);
        Gauge("outbox_trouble", outbox.Trouble is null ? 0 : 1);
        Gauge("outbox_keep_seconds", outbox.KeepHours * 3600);
        Gauge("outbox_free_floor_bytes", outbox.FreeFloorBytes);
        Gauge("outbox_quarantine_bytes", outbox.QuarantineBytes);
        Gauge("outbox_written_bytes_per_hour", outbox.BytesPerHour);
        Gauge("outbox_syncs_per_hour", outbox.SyncsPerHour);
        Gauge("outbox_groups_per_hour", outbox.GroupsPerHour);
        if (outbox.FreeBytes is { } free)
            Gauge("outbox_medium_free_bytes", free);
        if (outbox.HoursLeft is { } hours)
            Gauge("outbox_room_seconds", hours * 3600);
    }

    private void Link(LinkState link)
    {
        Gauge("forwarder_link_up", link.Up ? 1 : 0);
        Gauge("forwarder_backlog_records_per_second", link.BacklogRate);
        if (link.LagSeconds is { } lag)
            Gauge("forwarder_lag_seconds", lag);
        Type("forwarder_durability", "gauge");
        Line("forwarder_durability", 1, ("level", link.Durability));
        if (link.Unconfirmed is { } unconfirmed)
            Gauge("forwarder_unconfirmed_records", unconfirmed);
    }

    private void Devices(IReadOnlyList<DeviceState> devices)
    {
        PerDevice("device_up", "gauge", devices, device => device.State == "good" ? 1 : 0);
        PerDevice("device_samples_scheduled_total", "counter", devices, device => device.Scheduled);
        PerDevice("device_samples_good_total", "counter", devices, device => device.Good);
        PerDevice("device_samples_not_good_total", "counter", devices, device => device.NotGood);
        PerDevice("device_samples_suppressed_total", "counter", devices, device => device.Suppressed);
        PerDevice("device_samples_missed_total", "counter", devices, device => device.Missed);
    }

    private void PerDevice(string name, string type, IReadOnlyList<DeviceState> devices, Func<DeviceState, double> value)
    {
        if (devices.Count > 0)
            Type(name, type);
        foreach (var device in devices)
            Line(name, value(device), ("device", device.Name));
    }

    private void Gauge(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Type(name, "gauge");
        Line(name, value, labels);
    }

    private void Counter(string name, double value)
    {
        Type(name, "counter");
        Line(name, value);
    }

    private void Type(string name, string type) => _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private void Line(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        if (labels.Length > 0)
            _text.Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escaped(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
