using Penstock.Contracts;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>Reads one round from a connected device. What it found out about a refused request it remembers, and asks no more.</summary>
internal sealed class ProfileTryReader(ModbusClient client, TryTarget target, TimeProvider clock)
{
    private readonly Dictionary<ReadRequest, IReadOnlyList<string>> _findings = [];
    private readonly HashSet<ReadRequest> _refused = [];

    public async Task<TryRound> ReadAsync(CancellationToken token)
    {
        var rows = new List<TryRow>();
        var troubles = new List<TryTrouble>();
        if (target.Profile is null)
            await ReadTableAsync(rows, troubles, token);
        else
            await ReadProfileAsync(target.Profile, rows, troubles, token);
        return new(target, Timestamp.Now(clock), rows, troubles);
    }

    private async Task ReadTableAsync(List<TryRow> rows, List<TryTrouble> troubles, CancellationToken token)
    {
        var answer = await AskAsync(target.Request, token);
        if (answer.Outcome == ReadOutcome.Answered)
            rows.AddRange(ProfileTryRows.OfTable(target.Request, answer));
        else
            troubles.Add(await ExplainAsync(target.Request, answer, token));
    }

    private async Task ReadProfileAsync(DeviceProfile profile, List<TryRow> rows, List<TryTrouble> troubles, CancellationToken token)
    {
        var registers = profile.Registers.Select(r => r with { Poll = PollGroup.Default, Internal = false }).ToArray();
        foreach (var group in ReadPlanner.Plan(registers, profile.Limits).Groups)
        {
            foreach (var block in group.Blocks)
                await ReadBlockAsync(block, rows, troubles, token);
            troubles.AddRange(group.Unreadable.Select(u => new TryTrouble($"{u.Register.Tag} {u.Why}", "look at limits: and never_read: of the profile", [])));
        }
    }

    private async Task ReadBlockAsync(ReadBlock block, List<TryRow> rows, List<TryTrouble> troubles, CancellationToken token)
    {
        if (_refused.Contains(block.Request) && block.Values.Count > 1)
        {
            foreach (var value in block.Values)
                await ReadBlockAsync(new(new(block.Request.Table, (ushort)value.First, value.Length), [value]), rows, troubles, token);
            return;
        }

        var answer = await AskAsync(block.Request, token);
        if (answer.Outcome == ReadOutcome.Answered)
        {
            rows.AddRange(block.Values.Select(v => ProfileTryRows.OfValue(block.Request, v, answer)));
            return;
        }

        if (block.Values.Count > 1 && answer.Code is ExceptionCode.IllegalAddress or ExceptionCode.IllegalValue && _refused.Add(block.Request))
            await ReadBlockAsync(block, rows, troubles, token);
        else
            troubles.Add(await ExplainAsync(block.Request, answer, token) is var trouble ? trouble with { What = $"{Names(block)}: {trouble.What}" } : trouble);
    }

    private async Task<TryTrouble> ExplainAsync(ReadRequest request, ReadAnswer answer, CancellationToken token)
    {
        var what = $"{answer.Reason} ({request})";
        return answer.Outcome switch
        {
            ReadOutcome.Exception => new(what, ExceptionCodes.LikelyCause(answer.Code), await LookAroundAsync(request, answer.Code, token)),
            ReadOutcome.NoAnswer => new(what, "the connection is open, so somebody listens: is the unit id right (1, 255 and 0 are common)? a gateway says nothing for a unit that is off; try a longer --timeout", []),
            _ => new(what, "the device answers a question that was not asked: is another master on the same gateway? does the gateway mix up its clients?", []),
        };
    }

    /// <summary>Asks the neighbours that a slip would point to, once: the address before, and the other table.</summary>
    private async Task<IReadOnlyList<string>> LookAroundAsync(ReadRequest request, ExceptionCode code, CancellationToken token)
    {
        if (_findings.TryGetValue(request, out var known))
            return known;
        var findings = new List<string>();
        foreach (var (slip, meaning) in Slips(request, code))
        {
            if ((await AskAsync(slip, token)).Outcome == ReadOutcome.Answered)
                findings.Add($"{slip} answers: {meaning}");
        }

        return _findings[request] = findings;
    }

    private static IEnumerable<(ReadRequest Slip, string Meaning)> Slips(ReadRequest request, ExceptionCode code)
    {
        if (code is not (ExceptionCode.IllegalFunction or ExceptionCode.IllegalAddress or ExceptionCode.IllegalValue))
            yield break;
        if (request.Count > 1)
            yield return (request with { Count = 1 }, "the block is too long for the device, or runs past its last register");
        if (request.Start > 0)
            yield return (request with { Start = (ushort)(request.Start - 1) }, "the manual probably counts from 1; subtract 1");
        if (request.Start > 40_000 && !request.IsBits)
            yield return (request with { Start = (ushort)(request.Start - 40_001) }, "the manual prints 4xxxx numbers; the address on the wire has no 4 and counts from 0");
        yield return (request with { Table = Other(request.Table) }, $"the value lies in table {Words.Of(Other(request.Table))}");
    }

    private static RegisterTable Other(RegisterTable table) => table switch
    {
        RegisterTable.Holding => RegisterTable.Input,
        RegisterTable.Input => RegisterTable.Holding,
        RegisterTable.Coil => RegisterTable.Discrete,
        _ => RegisterTable.Coil,
    };

    private async Task<ReadAnswer> AskAsync(ReadRequest request, CancellationToken token)
    {
        if (target.Pause > TimeSpan.Zero)
            await Task.Delay(target.Pause, clock, token);
        return await client.ReadAsync(target.Unit, request, target.Timeout, token);
    }

    private static string Names(ReadBlock block) => block.Values.Count == 1
        ? block.Values[0].Register.Tag
        : $"{block.Values[0].Register.Tag} and {block.Values.Count - 1} more";
}
