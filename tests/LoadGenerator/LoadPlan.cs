using System.Globalization;

namespace Penstock.LoadGenerator;

/// <summary>Everything the content of a run follows from; the first line of its ledger.</summary>
/// <param name="StartMicroseconds">Sample time of the first record.</param>
/// <param name="StepMicroseconds">Time between two records of one agent.</param>
/// <param name="GapsPerMille">Share of the blocks of a hundred numbers in which some are missing and told by a gap.</param>
/// <param name="Lose">Numbers of each agent that are planted as lost: never sent, although the agent says it is done with them.</param>
internal sealed record LoadPlan(
    int Seed, int Agents, long Records, int Tags, long StartMicroseconds, long StepMicroseconds, int GapsPerMille, int Lose)
{
    public const string Site = "load";

    public string Agent(int agent) => string.Create(CultureInfo.InvariantCulture, $"load-{Seed}-{agent}");

    public string Epoch(int agent) => string.Create(CultureInfo.InvariantCulture, $"{StartMicroseconds / 1_000_000}-{Mix(agent, 0, 3) & 0xFFFFFF:x6}");

    /// <summary>True for a number that is never sent although it is accounted for as sent.</summary>
    public bool IsPlantedLoss(int agent, long seq) => Lose > 0 && seq % (Records / Lose) == 1 + (long)(Mix(agent, 0, 4) % 7);

    /// <summary>Random bits that depend on nothing but the seed and what is asked.</summary>
    public ulong Mix(int agent, long number, int what)
    {
        var x = ((ulong)Seed * 0x9E3779B97F4A7C15) ^ ((ulong)agent << 48) ^ ((ulong)what << 56) ^ (ulong)number;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"load 1 {Seed} {Agents} {Records} {Tags} {StartMicroseconds} {StepMicroseconds} {GapsPerMille} {Lose}");

    public static LoadPlan Parse(string line)
    {
        var parts = line.Split(' ');
        long At(int index) => long.Parse(parts[index + 2], CultureInfo.InvariantCulture);
        if (parts.Length != 10 || parts[0] != "load" || parts[1] != "1")
            throw new FormatException($"the first line is no plan of a load run: {line}");
        return new((int)At(0), (int)At(1), At(2), (int)At(3), At(4), At(5), (int)At(6), (int)At(7));
    }
}
