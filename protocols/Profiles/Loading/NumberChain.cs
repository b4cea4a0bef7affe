using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>value = raw * Scale * 10^ScaleFrom + Offset.</summary>
internal sealed record NumberChain(double Scale = 1, double Offset = 0, string? ScaleFrom = null)
{
    private static readonly string[] Keys = ["scale", "divide_by", "scale_from", "map"];

    /// <summary>Reads <c>scale</c>, <c>divide_by</c>, <c>scale_from</c> or <c>map</c>, and <c>offset</c>; checks U01.</summary>
    public static NumberChain Read(MapReader reader)
    {
        string[] keys = [.. Keys.Where(reader.Has)];
        if (keys.Length > 1)
            reader.Error(Codes.Scale, reader.At(keys[1]), $"\"{keys[0]}\" and \"{keys[1]}\" both scale the value", "keep one of scale, divide_by, scale_from and map.");
        var offset = reader.Number("offset") ?? 0;
        return keys.FirstOrDefault() switch
        {
            "scale" => new(Factor(reader, "scale") ?? 1, offset),
            "divide_by" => new(1 / (Factor(reader, "divide_by") ?? 1), offset),
            "scale_from" => new(1, offset, reader.Text("scale_from")),
            "map" => Map(reader, offset),
            _ => new(1, offset),
        };
    }

    private static double? Factor(MapReader reader, string key)
    {
        if (reader.Text(key) is not { } text)
            return null;
        if (Scalars.TryNumber(text, out var value) && value != 0)
            return value;
        var why = text.Contains(',', StringComparison.Ordinal) ? $"write the decimal point as a point:  {key}: {text.Replace(',', '.')}" : $"write the factor as a number, for example  {key}: {(key == "scale" ? "0.1" : "10")}";
        reader.Error(Codes.Scale, reader.At(key), value == 0 && Scalars.TryNumber(text, out _) ? $"\"{key}\" is 0: every value would be the same" : $"\"{key}\" has to be a number, not \"{text}\"", why);
        return null;
    }

    private static NumberChain Map(MapReader reader, double offset)
    {
        if (reader.Block("map", "a map") is not { } map)
            return new(1, offset);
        var raw = Pair(map, "raw");
        var value = Pair(map, "value");
        map.Done();
        if (raw is not { } r || value is not { } v)
            return new(1, offset);
        if (r.Low == r.High || v.Low == v.High)
        {
            map.Error(Codes.Scale, map.Map.At, "\"map\" has two equal ends", "write two different raw numbers and two different values:  map: {raw: [0, 27648], value: [0, 100]}");
            return new(1, offset);
        }

        var scale = (v.High - v.Low) / (r.High - r.Low);
        return new(scale, v.Low - (r.Low * scale) + offset);
    }

    /// <summary>A list of two numbers; null when the key is missing or wrong.</summary>
    public static (double Low, double High)? Pair(MapReader reader, string key)
    {
        if (!reader.Has(key))
            return null;
        var items = reader.List(key);
        if (items is [YamlScalar low, YamlScalar high] && Scalars.TryNumber(low.Text, out var l) && Scalars.TryNumber(high.Text, out var h))
            return (l, h);
        reader.Error(Codes.WrongValue, reader.At(key), $"\"{key}\" has to be two numbers", $"write  {key}: [0, 100]");
        return null;
    }
}
