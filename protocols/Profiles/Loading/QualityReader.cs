using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Ranges of a register; checks Q01.</summary>
public static class QualityReader
{
    private static readonly Dictionary<string, bool> Outside = new() { ["bad"] = false, ["uncertain"] = true };

    public static ValueRange? Range(MapReader reader, string key)
    {
        if (NumberChain.Pair(reader, key) is not { } pair)
            return null;
        if (pair.Low < pair.High)
            return new(pair.Low, pair.High);
        reader.Error(Codes.Range, reader.At(key), $"\"{key}\" is {(pair.Low == pair.High ? "empty" : "the wrong way round")}", "write the lower bound first.");
        return null;
    }

    public static void CheckInside(MapReader reader, ValueRange? valid, ValueRange? normal)
    {
        if (valid is not null && normal is not null && (normal.Low < valid.Low || normal.High > valid.High))
            reader.Error(Codes.Range, reader.At("normal_range"), "\"normal_range\" reaches outside valid_range", "the normal range lies inside the valid one.");
    }

    public static bool OutsideIsUncertain(MapReader reader) => reader.Choice("outside", Outside) ?? false;

    /// <summary><c>counter: true</c> or a block; the block's limits are counted as not acted on.</summary>
    internal static bool Counter(MapReader reader, FileContext context)
    {
        if (reader.Node("counter") is YamlScalar)
            return reader.Flag("counter") ?? false;
        if (reader.Block("counter", "the counter") is not { } counter)
            return false;
        var only = counter.Flag("never_decreases") ?? true;
        foreach (var key in new[] { "max_step_per_hour", "rolls_over_at" })
        {
            if (counter.Has(key) && counter.Number(key) is not null)
                context.NotActedOn.Add("counter limits");
        }

        counter.Done();
        return only;
    }
}
