using System.Globalization;

namespace Penstock.LoadGenerator;

/// <summary>The generator's own account: the plan, then one line <c>agent from to</c> for every stretch that was acknowledged.</summary>
internal sealed class RunLedger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file;

    public RunLedger(string path, LoadPlan plan)
    {
        _file = new(path) { AutoFlush = true };
        _file.WriteLine(plan);
    }

    public void Acknowledged(int agent, long from, long to)
    {
        lock (_lock)
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agent} {from} {to}"));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The plan and, per agent, one bit a number: acknowledged or not.</summary>
    public static (LoadPlan Plan, bool[][] Acknowledged) Read(string path)
    {
        using var lines = File.ReadLines(path).GetEnumerator();
        if (!lines.MoveNext())
            throw new FormatException($"{path} is empty");
        var plan = LoadPlan.Parse(lines.Current);
        var acknowledged = Enumerable.Range(0, plan.Agents).Select(_ => new bool[plan.Records + 1]).ToArray();
        while (lines.MoveNext())
        {
            var parts = lines.Current.Split(' ');
            if (parts.Length != 3)
                continue;
            var numbers = parts.Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            acknowledged[numbers[0]].AsSpan((int)numbers[1], (int)(numbers[2] - numbers[1] + 1)).Fill(true);
        }

        return (plan, acknowledged);
    }
}
