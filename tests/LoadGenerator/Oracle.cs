using System.Globalization;

namespace Penstock.LoadGenerator;

/// <summary>What the oracle found; empty findings mean that the historian equals the reference.</summary>
internal sealed record Judgement(long Acknowledged, long Rows, long Lost, long Double, long Changed, long Foreign, IReadOnlyList<string> Findings)
{
    public bool IsClean => Lost + Double + Changed + Foreign == 0;

    public override string ToString() =>
        $"{(IsClean ? "clean" : "NOT CLEAN")}: {Acknowledged} acknowledged, {Rows} rows, {Lost} lost, {Double} double, {Changed} changed, {Foreign} foreign";
}

/// <summary>
/// Compares the raw rows with content made anew: every acknowledged number has one row that equals it, no number that a gap
/// names has one, and there is no row that was never made.
/// </summary>
internal sealed class Oracle(LoadPlan plan, bool[][] acknowledged)
{
    private const int MostNamed = 20;

    private readonly Content _content = new(plan);
    private readonly bool[][] _seen = [.. acknowledged.Select(numbers => new bool[numbers.Length])];
    private readonly Dictionary<(string, string), int> _agents = Enumerable.Range(0, plan.Agents).ToDictionary(agent => (plan.Agent(agent), plan.Epoch(agent)));
    private readonly List<string> _findings = [];
    private (long Rows, long Double, long Changed, long Foreign) _counts;

    public async Task<Judgement> JudgeAsync(IAsyncEnumerable<StoredRow> rows)
    {
        await foreach (var row in rows)
            Look(row);
        var (answered, lost) = (0L, 0L);
        for (var agent = 0; agent < plan.Agents; agent++)
        {
            for (var seq = 1L; seq <= plan.Records; seq++)
            {
                if (!acknowledged[agent][seq] || _content.Of(agent, seq).Kind is ItemKind.Missing)
                    continue;
                answered++;
                if (_seen[agent][seq])
                    continue;
                lost++;
                Name($"lost: agent {plan.Agent(agent)} number {seq}");
            }
        }

        return new(answered, _counts.Rows, lost, _counts.Double, _counts.Changed, _counts.Foreign, _findings);
    }

    private void Look(in StoredRow row)
    {
        _counts.Rows++;
        if (!_agents.TryGetValue((row.Agent, row.Epoch), out var agent) || row.Seq < 1 || row.Seq > plan.Records || _content.Of(agent, row.Seq) is { Kind: ItemKind.Missing })
        {
            _counts.Foreign++;
            Name($"foreign: {row.Agent} {row.Epoch} number {row.Seq} was never made");
            return;
        }

        if (_seen[agent][row.Seq])
        {
            _counts.Double++;
            Name($"double: agent {row.Agent} number {row.Seq}");
            return;
        }

        _seen[agent][row.Seq] = true;
        if (Differs(_content.Of(agent, row.Seq), row) is { } what)
        {
            _counts.Changed++;
            Name($"changed: agent {row.Agent} number {row.Seq}: {what}");
        }
    }

    private static string? Differs(in Item item, in StoredRow row) =>
        item.Kind is ItemKind.Gap != (row.Event == "gap") ? $"kind {item.Kind}, event {row.Event}"
        : item.Device != row.Device || item.Tag != row.Tag ? $"tag {row.Device}/{row.Tag} for {item.Device}/{item.Tag}"
        : item.Ts != row.Ts ? $"time {Content.Time(row.Ts)} for {Content.Time(item.Ts)}"
        : item.Kind is ItemKind.Gap ? null
        : item.Value != row.Value ? string.Create(CultureInfo.InvariantCulture, $"value {row.Value:R} for {item.Value:R}")
        : item.Text != row.Text ? $"text {row.Text} for {item.Text}"
        : row.Unit != "V" ? $"unit {row.Unit} for V"
        : item.Quality != Quality(row.Quality) ? $"quality {row.Quality} for {item.Quality}"
        : item.Why != row.Why ? $"why {row.Why} for {item.Why}"
        : null;

    private static string Quality(long code) => code switch { 0 => "good", 1 => "uncertain", _ => "bad" };

    private void Name(string finding)
    {
        if (_findings.Count < MostNamed)
            _findings.Add(finding);
    }
}
