namespace Penstock.Protocols.Profiles.Loading;

/// <summary>The rules that look at the whole profile, in the order of their codes.</summary>
internal static class Rules
{
    public static void Check(DeviceProfile profile, IReadOnlyList<LoadedRegister> registers, Yaml.MapReader file, FileContext context)
    {
        DutyRules.Check(registers, file);
        AddressRules.Check(profile, registers, context);
        TypeRules.Check(registers, context);
        ValueRules.Check(registers);
        if (profile.Examples.Count == 0)
            context.Problems.Hint(Codes.NoProof, file.At("id"), $"no golden frame: trust level {profile.TrustLevel}", "add one request and its answer under  examples:  to reach level 2.");
    }
}

/// <summary>S02 and S04.</summary>
internal static class DutyRules
{
    public static void Check(IReadOnlyList<LoadedRegister> registers, Yaml.MapReader file)
    {
        CheckNames(registers);
        if (!file.Has("manual"))
            file.Warn(Codes.MissingDuty, file.Map.At, "no manual is named", "add  manual: {title: …, revision: …}  so that a number can be looked up.");
        foreach (var register in registers.Where(NeedsUnit))
            register.Reader.Warn(Codes.MissingDuty, register.Reader.At("tag"), $"\"{register.Definition.Tag}\" is a number without unit", $"add  unit: kWh  or what it is, or  unit: \"{Units.Dimensionless}\"  for a pure number.");
    }

    private static bool NeedsUnit(LoadedRegister register)
    {
        var d = register.Definition;
        return d.Type is not (RegisterType.Text or RegisterType.Bool) && !d.Type.IsBits() && d.Labels is null && !d.Internal && !register.Reader.Has("unit");
    }

    private static void CheckNames(IReadOnlyList<LoadedRegister> registers)
    {
        var first = new Dictionary<string, RegisterDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var register in registers)
        {
            if (!first.TryAdd(register.Definition.Tag, register.Definition))
                register.Reader.Error(Codes.Twice, register.Reader.At("tag"), $"the tag \"{register.Definition.Tag}\" stands twice", "give every tag its own name; in a repeat use {n}.", $"first on line {first[register.Definition.Tag].Line}");
        }
    }
}
