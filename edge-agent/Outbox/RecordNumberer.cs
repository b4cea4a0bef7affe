using Penstock.Contracts;

namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// Gives records their number and writes them as lines. A record that may not be written gets no number:
/// an event that says why takes its place.
/// </summary>
internal sealed class RecordNumberer(string agent, string epoch, string site, Func<Reading, RecordClass> classOf, TimeProvider clock, ILogger log)
{
    private const int MostOfReason = 600;

    private long _offsetToldTo;

    /// <summary>The last number given.</summary>
    public long Last { get; private set; }

    /// <summary>Records that could not be written since the open.</summary>
    public long Refused { get; private set; }

    /// <summary>Bytes of lines written since the open.</summary>
    public long Bytes { get; private set; }

    public void Write(Reading reading, GroupBuilder group, Acceptance? acceptance)
    {
        var seq = Last + 1;
        var reason = RecordCodec.TryEncode(reading with { Agent = agent, Epoch = epoch, Seq = seq }, group.Output);
        if (reason is null)
            Number(classOf(reading), reading.Ts, false, group, acceptance);
        else
            Refuse($"{reading.Device}/{reading.Tag}", reading.Device, reason, group, acceptance);
    }

    public void Write(Event item, GroupBuilder group, Acceptance? acceptance)
    {
        var seq = Last + 1;
        if (item.Offset is { Numbers: null or [] } offset)
            item = item with { Offset = offset with { Numbers = Meant(offset, seq) } };
        var reason = RecordCodec.TryEncode(item with { Agent = agent, Epoch = epoch, Seq = seq }, group.Output);
        if (reason is null)
            Number(RecordClass.Event, item.Ts, item.Gap?.Numbers is { Count: > 0 }, group, acceptance);
        else
            Refuse($"event {item.Kind}", item.Device, reason, group, acceptance);
    }

    /// <summary>
    /// All numbers before the event; or those since the last one that told an offset, the event with them, as its own stamp is away
    /// like theirs.
    /// </summary>
    private IReadOnlyList<SeqRange> Meant(ClockOffset offset, long seq)
    {
        var (from, to) = offset.Numbers is null ? (_offsetToldTo + 1, seq) : (1, seq - 1);
        _offsetToldTo = to;
        return from <= to ? [new SeqRange(epoch, from, to)] : [];
    }

    private void Refuse(string what, string? device, string reason, GroupBuilder group, Acceptance? acceptance)
    {
        Refused++;
        var message = $"{what} refused: {reason}";
        message = message.Length > MostOfReason ? message[..MostOfReason] : message;
        log.OutboxRefused(message);
        var now = Timestamp.Now(clock);
        var item = new Event
        {
            Kind = EventKinds.Refused,
            Site = site,
            Device = Names.IsValid(device) ? device : null,
            Ts = now,
            Message = message,
            Agent = agent,
            Epoch = epoch,
            Seq = Last + 1,
        };
        if (RecordCodec.TryEncode(item, group.Output) is { } again)
            throw new OutboxException($"the agent's own event is refused: {again}");
        Number(RecordClass.Event, now, false, group, acceptance);
    }

    private void Number(RecordClass recordClass, Timestamp ts, bool namesLost, GroupBuilder group, Acceptance? acceptance)
    {
        Last++;
        Bytes += group.Added;
        group.Add(Last, recordClass, ts, namesLost, acceptance, clock.GetTimestamp());
    }
}
