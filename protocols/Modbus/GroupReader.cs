using Penstock.Protocols.Profiles;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// Reads the blocks of a group. A block that the device refuses (exception 2 or 3) is halved until the guilty value is
/// alone; that value is bad and asked for daily, the others are joined again around it.
/// </summary>
internal sealed class GroupReader(ModbusLink link, ReadLimits limits, ModbusClock clock, ModbusCounters counters)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromDays(1);

    private readonly SampleMaker _maker = new();
    private readonly ReadLimits _joinedAgain = limits with { BridgeGapsUpTo = 0 };

    /// <summary>One sample per register of the group.</summary>
    public async ValueTask<List<Sample>> ReadAsync(GroupState group, CancellationToken token)
    {
        var samples = new List<Sample>(group.Registers.Count);
        group.Failed = false;
        var kept = new List<ReadBlock>(group.Blocks.Count);
        await AskRefusedAsync(group, samples, kept, token);
        foreach (var block in group.Blocks)
            await ReadBlockAsync(group, block, samples, kept, token);
        group.Blocks = kept;
        foreach (var value in group.Plan.Unreadable)
            samples.Add(SampleMaker.Bad(value.Register, value.Why, clock.Now));
        return samples;
    }

    private async ValueTask ReadBlockAsync(GroupState group, ReadBlock block, List<Sample> samples, List<ReadBlock> kept, CancellationToken token)
    {
        var answer = await link.AskAsync(block.Request, token);
        if (IsRefusal(answer) && block.Values.Count > 1)
        {
            await HalveAsync(group, block, samples, kept, token);
            return;
        }

        if (IsRefusal(answer))
            Refuse(group, block, answer, samples);
        else
            Take(group, block, answer, samples, kept);
    }

    private async ValueTask HalveAsync(GroupState group, ReadBlock block, List<Sample> samples, List<ReadBlock> kept, CancellationToken token)
    {
        var refusedBefore = group.Refused.Count;
        var table = block.Request.Table;
        var middle = block.Values.Count / 2;
        var pieces = new List<ReadBlock>();
        foreach (var half in (IEnumerable<ReadBlock>)[.. ReadPlanner.Join(table, block.Values.Take(middle), limits), .. ReadPlanner.Join(table, block.Values.Skip(middle), limits)])
            await ReadBlockAsync(group, half, samples, pieces, token);

        // Nothing guilty in either half: the block was too long for the device, or the hole in it is forbidden ground.
        kept.AddRange(group.Refused.Count == refusedBefore ? pieces : ReadPlanner.Join(table, pieces.SelectMany(p => p.Values), _joinedAgain));
    }

    private async ValueTask AskRefusedAsync(GroupState group, List<Sample> samples, List<ReadBlock> kept, CancellationToken token)
    {
        for (var i = group.Refused.Count - 1; i >= 0; i--)
        {
            var refused = group.Refused[i];
            if (clock.Elapsed < refused.RetryAt && refused.Connection == link.Connections)
            {
                samples.Add(SampleMaker.Bad(refused.Block.Values[0].Register, refused.Why, clock.Now));
                continue;
            }

            group.Refused.RemoveAt(i);
            await ReadBlockAsync(group, refused.Block, samples, kept, token);
        }
    }

    private void Take(GroupState group, ReadBlock block, in ReadAnswer answer, List<Sample> samples, List<ReadBlock> kept)
    {
        kept.Add(block);
        if (answer.Outcome == ReadOutcome.Answered)
        {
            _maker.Decode(block, answer, samples);
            return;
        }

        group.Failed |= ModbusLink.IsAbsent(answer);
        foreach (var value in block.Values)
            samples.Add(SampleMaker.Bad(value.Register, answer.Reason ?? "no answer", answer.At));
    }

    private void Refuse(GroupState group, ReadBlock block, in ReadAnswer answer, List<Sample> samples)
    {
        var why = $"not supported by this device: {answer.Reason} at {block.Request}";
        group.Refused.Add(new(block, why, clock.Elapsed + AskAgainAfter, link.Connections));
        counters.Add(ModbusCount.UnsupportedValues);
        samples.Add(SampleMaker.Bad(block.Values[0].Register, why, answer.At));
    }

    private static bool IsRefusal(in ReadAnswer answer) =>
        answer.Outcome == ReadOutcome.Exception && answer.Code is ExceptionCode.IllegalAddress or ExceptionCode.IllegalValue;
}
