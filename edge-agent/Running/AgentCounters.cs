using System.Diagnostics.Metrics;

namespace Penstock.EdgeAgent.Running;

/// <summary>Counters of the agent since its start: in the heartbeat, and as metrics of the meter <c>Penstock.Agent</c>.</summary>
internal sealed class AgentCounters : IDisposable
{
    private readonly Meter _meter = new("Penstock.Agent");
    private readonly Counter[] _all;

    public AgentCounters()
    {
        _all =
        [
            Samples, SamplesSuppressed, SamplesMissed, SourceRestarts, RecordsNotKept, TextsCut,
            RecordsDelivered, RecordsRefused, Requests, RequestsFailed, Heartbeats,
        ];
        foreach (var counter in _all)
            _meter.CreateObservableCounter(counter.Name, () => counter.Value, description: counter.Description);
    }

    public Counter Samples { get; } = new("source_samples_total", "Samples that sources yielded");

    public Counter SamplesSuppressed { get; } = new("source_samples_suppressed_total", "Samples not sent by the report rule");

    public Counter SamplesMissed { get; } = new("source_samples_missed_total", "Scheduled samples that were not taken or not kept; each is in a gap");

    public Counter SourceRestarts { get; } = new("source_restarts_total", "Starts of a source after it failed");

    public Counter RecordsNotKept { get; } = new("outbox_records_not_kept_total", "Records the outbox could not keep; each is in a gap");

    public Counter TextsCut { get; } = new("source_texts_cut_total", "Texts cut to the size of a record");

    public Counter RecordsDelivered { get; } = new("forwarder_records_delivered_total", "Records the far end has acknowledged");

    public Counter RecordsRefused { get; } = new("forwarder_records_refused_total", "Records the far end will never take");

    public Counter Requests { get; } = new("forwarder_requests_total", "Groups of records sent");

    public Counter RequestsFailed { get; } = new("forwarder_requests_failed_total", "Groups of records sent without an answer that counts");

    public Counter Heartbeats { get; } = new("forwarder_heartbeats_total", "Heartbeats the far end has taken");

    public IReadOnlyDictionary<string, long> Look() => _all.ToDictionary(counter => counter.Name, counter => counter.Value);

    public void Dispose() => _meter.Dispose();

    /// <summary>A number that only rises; any thread may add.</summary>
    internal sealed class Counter(string name, string description)
    {
        private long _value;

        public string Name => name;

        public string Description => description;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long count) => Interlocked.Add(ref _value, count);
    }
}
