using System.Globalization;
using Penstock.Contracts;

namespace Penstock.OutboxFiller;

/// <summary>What the plant's devices measured; the same for the same second.</summary>
internal sealed class Content(string site, int devices, int tagsOfADevice)
{
    private readonly string[] _tags = [.. Enumerable.Range(0, tagsOfADevice).Select(n => string.Create(CultureInfo.InvariantCulture, $"t{n:000}"))];

    /// <summary>Of all devices.</summary>
    public int Tags => devices * tagsOfADevice;

    /// <summary>One poll of each device.</summary>
    public IEnumerable<IReadOnlyList<Reading>> Second(int second, Timestamp at)
    {
        var noise = new Random(second);
        for (var device = 0; device < devices; device++)
        {
            var (name, ts) = (string.Create(CultureInfo.InvariantCulture, $"device-{device}"), at + TimeSpan.FromMicroseconds(noise.Next(1_000_000)));
            yield return [.. _tags.Select((tag, number) => Reading(name, tag, ts, Value(second, number, noise)))];
        }
    }

    private static double Value(int second, int number, Random noise) =>
        Math.Round((1000 * Math.Sin((second / 300.0) + number)) + (20 * noise.NextDouble()), 1);

    private Reading Reading(string device, string tag, Timestamp ts, double value) => new()
    {
        Site = site,
        Device = device,
        Tag = tag,
        Kind = Kinds.Plc,
        Ts = ts,
        Value = value,
        Unit = "1",
    };
}
