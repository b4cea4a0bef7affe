using System.Text.Json;
using Penstock.Contracts;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Running;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// Records the far end will never take, each with its reason, for a person to look at: <c>refused/refused.ndjson</c>, one
/// JSON object a line. Bounded: at 4 MiB the file becomes <c>refused.1.ndjson</c> and a new one begins. A centre keeps
/// them too, Kafka's dead letters where they can, so a file that cannot be written costs this copy. Called from both lanes.
/// </summary>
internal sealed class RefusedRecords(
    string folder, AgentCounters counters, TimeProvider clock, ILogger log, Action<IReadOnlyList<RefusedRecord>>? alsoTell = null)
{
    private const long MostBytes = 4 << 20;
    private readonly Lock _lock = new();

    private string File => Path.Combine(folder, "refused.ndjson");

    public void Keep(IReadOnlyList<RefusedRecord> refused, IReadOnlyList<OutboxGroup> groups, string to)
    {
        if (refused.Count == 0)
            return;
        counters.RecordsRefused.Add(refused.Count);
        log.Refused(refused.Count, groups.Sum(group => group.Count), to, File, refused[0].Seq, refused[0].Epoch, refused[0].Reason);
        alsoTell?.Invoke(refused);
        lock (_lock)
        {
            try
            {
                Append(refused, groups);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.RefusedNotKept(File, e.Message);
            }
        }
    }

    private void Append(IReadOnlyList<RefusedRecord> refused, IReadOnlyList<OutboxGroup> groups)
    {
        Directory.CreateDirectory(folder);
        if (new FileInfo(File) is { Exists: true, Length: > MostBytes })
            System.IO.File.Move(File, Path.Combine(folder, "refused.1.ndjson"), overwrite: true);
        using var file = new FileStream(File, FileMode.Append, FileAccess.Write, FileShare.Read);
        var now = Timestamp.Now(clock).ToString();
        foreach (var record in refused)
        {
            Write(record, groups, now, file);
            file.WriteByte((byte)'\n');
        }
    }

    private static void Write(RefusedRecord record, IReadOnlyList<OutboxGroup> groups, string now, Stream file)
    {
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteString("refused", now);
        json.WriteString("epoch", record.Epoch);
        json.WriteNumber("seq", record.Seq);
        json.WriteString("reason", record.Reason);
        var holder = groups.FirstOrDefault(group =>
            group.Epoch == record.Epoch && record.Seq >= group.FirstSeq && record.Seq < group.FirstSeq + group.Count);
        if (holder is not null)
        {
            json.WritePropertyName("record");
            json.WriteRawValue(RecordLines.Find(holder, record.Seq), skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
