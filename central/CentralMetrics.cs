using System.Diagnostics.Metrics;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;

namespace Penstock.Central;

/// <summary>What <c>/metrics</c> shows of the centre.</summary>
internal sealed class CentralMetrics : IDisposable
{
    public const string MeterName = "Penstock.Central";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _removed;
    private readonly Counter<long> _cut;
    private readonly Histogram<double> _commitSeconds;
    private HistorianSize _size = new(0, 0, 0, 0);
    private int _viewers;

    public CentralMetrics(IngestQueue queue, IngestBudget budget)
    {
        _stored = _meter.CreateCounter<long>("ingest_records_stored");
        _duplicates = _meter.CreateCounter<long>("ingest_records_duplicate");
        _refused = _meter.CreateCounter<long>("ingest_records_refused");
        _bytes = _meter.CreateCounter<long>("ingest_unpacked_bytes");
        _rejected = _meter.CreateCounter<long>("ingest_requests_rejected");
        _commits = _meter.CreateCounter<long>("historian_commits");
        _failures = _meter.CreateCounter<long>("historian_failures");
        _removed = _meter.CreateCounter<long>("historian_rows_removed");
        _cut = _meter.CreateCounter<long>("live_viewers_cut");
        _commitSeconds = _meter.CreateHistogram(
            "historian_commit_seconds",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
        _meter.CreateObservableGauge("ingest_queue_requests", () => queue.Count);
        _meter.CreateObservableGauge("ingest_waiting_bytes", () => budget.Taken);
        _meter.CreateObservableGauge("historian_database_bytes", () => _size.DatabaseBytes);
        _meter.CreateObservableGauge("historian_disk_free_bytes", () => _size.FreeDiskBytes);
        _meter.CreateObservableGauge("historian_dead_letters", () => _size.DeadLetters);
        _meter.CreateObservableGauge("historian_outdated_minutes", () => _size.OutdatedMinutes);
        _meter.CreateObservableGauge("live_viewers", () => Volatile.Read(ref _viewers));
    }

    /// <summary>Why the last thing asked of the historian failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    public void Committed(CommitOutcome outcome, TimeSpan took)
    {
        Trouble = null;
        _commits.Add(1);
        _commitSeconds.Record(took.TotalSeconds);
        foreach (var verdict in outcome.Verdicts)
        {
            _stored.Add(verdict.Stored);
            _duplicates.Add(verdict.Duplicates);
            _refused.Add(verdict.Refused.Count);
        }
    }

    public void Recovered() => Trouble = null;

    public void CommitFailed(string reason)
    {
        Trouble = reason;
        _failures.Add(1);
    }

    public void Received(long bytes) => _bytes.Add(bytes);

    public void Rejected(int status) => _rejected.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Removed(long rows, string cause) => _removed.Add(rows, new KeyValuePair<string, object?>("cause", cause));

    public void Measured(HistorianSize size) => _size = size;

    public void ViewersChanged(int by) => Interlocked.Add(ref _viewers, by);

    public void ViewerCut() => _cut.Add(1);

    public void Dispose() => _meter.Dispose();
}
