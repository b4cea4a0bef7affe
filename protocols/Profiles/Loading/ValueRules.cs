using System.Globalization;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>U04, Q02, Q03: scale by reference, sentinels, counters.</summary>
internal static class ValueRules
{
    private static readonly string[] EnergyUnits = ["Wh", "kWh", "MWh", "GWh", "varh", "kvarh", "Mvarh", "VAh", "kVAh"];

    public static void Check(IReadOnlyList<LoadedRegister> registers)
    {
        foreach (var register in registers)
        {
            CheckScaleFrom(register, registers);
            CheckSentinels(register);
            CheckCounter(register);
        }
    }

    private static void CheckScaleFrom(LoadedRegister register, IReadOnlyList<LoadedRegister> all)
    {
        if (register.Definition.ScaleFrom is not { } name)
            return;
        var exponent = all.FirstOrDefault(r => r.Definition.Tag == name);
        var (message, repair) = exponent switch
        {
            null => ($"no register has the tag \"{name}\"", NearestName.Suggest(name, [.. all.Select(r => r.Definition.Tag)])),
            _ when !exponent.Definition.Type.IsInteger() => ($"\"{name}\" is {exponent.Definition.Type.Word()}, an exponent has to be an integer", "point to the register that holds the power of ten."),
            _ when exponent.Definition.Table != register.Definition.Table => ($"\"{name}\" lies in another table, so one request cannot read both", "both have to lie in one table."),
            _ when exponent.Definition.Valid is null => ($"\"{name}\" has no valid_range, so a wrong exponent would pass", "add  valid_range: [-6, 6]  to it."),
            _ when Distance(exponent.Definition, register.Definition) > 125 => ($"\"{name}\" is too far away for one request", "the two have to lie within 125 registers."),
            _ => ("", ""),
        };
        if (message.Length > 0)
            register.Reader.Error(Codes.ScaleFrom, register.Reader.At("scale_from"), message, repair);
    }

    private static int Distance(RegisterDefinition a, RegisterDefinition b)
    {
        int[] all = [.. a.Addresses.Concat(b.Addresses).Select(x => (int)x)];
        return all.Max() - all.Min() + 1;
    }

    private static void CheckSentinels(LoadedRegister register)
    {
        var d = register.Definition;
        if (d.Valid is null || !register.Reader.Has("not_available"))
            return;
        foreach (var (raw, _) in d.Sentinels.Where(s => s.Value == RawValues.NotAvailable))
        {
            var value = (RawValues.ToNumber(raw, d.Type) * d.Scale) + d.Offset;
            if (d.ScaleFrom is null && d.Valid.Contains(value))
                register.Reader.Warn(Codes.Sentinel, register.Reader.At("not_available"), $"\"not available\" would read as {value.ToString("0.######", CultureInfo.InvariantCulture)}, a value inside valid_range", "check the number: a real value may be thrown away.");
        }
    }

    private static void CheckCounter(LoadedRegister register)
    {
        var d = register.Definition;
        if (d.Unit is { } unit && EnergyUnits.Contains(unit) && d.Valid is null && !register.Reader.Has("counter"))
            register.Reader.Warn(Codes.CounterRange, register.Reader.At("tag"), $"\"{d.Tag}\" counts energy without counter: or range", "add  counter: {never_decreases: true}  or, when it may fall, a valid_range.");
    }
}
