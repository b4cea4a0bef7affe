using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Loading;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.EdgeAgent.Site;

/// <summary>Applies what a site says about one device to its profile: <c>overrides:</c>, <c>scale_by:</c>, <c>plant_tags:</c>. All go by tag name.</summary>
internal static class Overrides
{
    public static DeviceProfile Apply(MapReader device, DeviceProfile profile, List<NotActedOn> notActedOn)
    {
        var registers = profile.Registers.ToDictionary(r => r.Tag, StringComparer.Ordinal);
        ApplyScale(device, registers);
        if (device.Block("overrides", "the overrides") is { } overrides)
        {
            ApplyPoll(overrides, registers);
            if (overrides.Block("registers", "the registers of the overrides") is { } block)
                ApplyRegisters(block, registers, notActedOn);
            overrides.Done();
        }

        return profile with { Registers = [.. profile.Registers.Where(r => registers.ContainsKey(r.Tag)).Select(r => registers[r.Tag])] };
    }

    public static IReadOnlyDictionary<string, string> PlantTags(MapReader device, DeviceProfile profile)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (device.Block("plant_tags", "the plant tags") is not { } block)
            return found;
        var tags = profile.Registers.Select(r => r.Tag).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in block.Map.Entries)
        {
            if (!tags.Contains(entry.Key))
                ReportUnknown(block, entry, tags);
            else if (block.Text(entry.Key) is { } plantTag)
                found[entry.Key] = plantTag;
        }

        return found;
    }

    private static void ApplyPoll(MapReader overrides, Dictionary<string, RegisterDefinition> registers)
    {
        if (overrides.Block("poll", "the poll groups") is not { } block)
            return;
        var used = registers.Values.Select(r => r.Poll.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in block.Map.Entries.Where(e => !used.Contains(e.Key)))
            block.Error(Codes.SiteOverride, entry.KeyAt, $"no register of this profile uses the poll group \"{entry.Key}\"", NearestName.Suggest(entry.Key, used));
        var groups = new Dictionary<string, PollGroup>();
        PollReader.ReadInto(block, groups);
        foreach (var register in registers.Values.Where(r => groups.ContainsKey(r.Poll.Name)).ToArray())
            registers[register.Tag] = register with { Poll = groups[register.Poll.Name] };
    }

    private static void ApplyRegisters(MapReader block, Dictionary<string, RegisterDefinition> registers, List<NotActedOn> notActedOn)
    {
        var all = registers.Keys.ToArray();
        var groups = registers.Values.Select(r => r.Poll).DistinctBy(p => p.Name).ToDictionary(p => p.Name);
        foreach (var entry in block.Map.Entries)
        {
            if (!registers.TryGetValue(entry.Key, out var register))
                ReportUnknown(block, entry, all);
            else if (block.Block(entry.Key, $"the override of {entry.Key}") is { } reader)
                ApplyRegister(reader, register, registers, groups, notActedOn);
        }
    }

    private static void ApplyRegister(MapReader reader, RegisterDefinition register, Dictionary<string, RegisterDefinition> registers, Dictionary<string, PollGroup> groups, List<NotActedOn> notActedOn)
    {
        var valid = QualityReader.Range(reader, "valid_range") ?? register.Valid;
        var normal = QualityReader.Range(reader, "normal_range") ?? register.Normal;
        CountAlarms(reader, valid, notActedOn);
        registers[register.Tag] = register with
        {
            Label = reader.Text("label") ?? register.Label,
            Valid = valid,
            Normal = normal,
            Report = ReportText.Read(reader)?.Resolve(reader, normal) ?? register.Report,
            Poll = ReadPoll(reader, groups) ?? register.Poll,
        };
        var disabled = reader.Flag("disabled") ?? false;
        reader.Allow("reason");
        reader.Done();
        if (!disabled)
            return;
        if (registers.Values.FirstOrDefault(r => r.ScaleFrom == register.Tag) is { } dependent)
            reader.Error(Codes.SiteOverride, reader.At("disabled"), $"\"{dependent.Tag}\" is scaled by \"{register.Tag}\", which is disabled", "disable both, or neither.");
        registers.Remove(register.Tag);
    }

    private static PollGroup? ReadPoll(MapReader reader, Dictionary<string, PollGroup> groups)
    {
        if (reader.Text("poll") is not { } name)
            return null;
        if (groups.TryGetValue(name, out var group))
            return group;
        reader.Error(Codes.Poll, reader.At("poll"), $"unknown poll group \"{name}\"", NearestName.Suggest(name, groups.Keys));
        return null;
    }

    private static void CountAlarms(MapReader reader, ValueRange? valid, List<NotActedOn> notActedOn)
    {
        if (reader.Block("alarms", "the alarms") is not { } alarms)
            return;
        var counter = new NotActedOnCounter();
        AlarmReader.ReadLimits(alarms, counter, valid);
        notActedOn.AddRange(counter.Items);
    }

    /// <summary>Multiplies by every factor named: <c>{ct_ratio: 40, tags: [current_*]}</c>. Ranges and dead-band grow with the value.</summary>
    private static void ApplyScale(MapReader device, Dictionary<string, RegisterDefinition> registers)
    {
        if (device.Block("scale_by", "scale_by") is not { } block)
            return;
        var factor = (block.Number("ct_ratio") ?? 1) * (block.Number("vt_ratio") ?? 1) * (block.Number("factor") ?? 1);
        if (factor == 0)
            block.Error(Codes.Scale, block.Map.At, "the factor is 0: every value would be the same", "write the ratio as a number, for example  ct_ratio: 40");
        foreach (var item in block.List("tags"))
        {
            var pattern = (item as YamlScalar)?.Text ?? "";
            var hit = registers.Values.Where(r => NamePattern.Fits(pattern, r.Tag)).ToArray();
            if (hit.Length == 0)
                block.Error(Codes.SiteOverride, item.At, $"no tag of the profile fits \"{pattern}\"", NearestName.Suggest(pattern, registers.Keys));
            foreach (var register in hit)
                registers[register.Tag] = Scaled(block, item.At, register, factor);
        }

        block.Done();
    }

    private static RegisterDefinition Scaled(MapReader block, SourceSpan at, RegisterDefinition register, double factor)
    {
        if (register.ScaleFrom is not null || register.Type is RegisterType.Text or RegisterType.Bool)
            block.Error(Codes.SiteOverride, at, $"\"{register.Tag}\" cannot be scaled: it is {(register.ScaleFrom is null ? "no number" : "scaled by another register")}", "take it out of the list.");
        return register with
        {
            Scale = register.Scale * factor,
            Offset = register.Offset * factor,
            Valid = Scaled(register.Valid, factor),
            Normal = Scaled(register.Normal, factor),
            Report = register.Report is { } report ? report with { Deadband = report.Deadband * Math.Abs(factor) } : null,
        };
    }

    private static ValueRange? Scaled(ValueRange? range, double factor) =>
        range is null ? null : new(Math.Min(range.Low * factor, range.High * factor), Math.Max(range.Low * factor, range.High * factor));

    private static void ReportUnknown(MapReader block, YamlEntry entry, IReadOnlyCollection<string> tags) =>
        block.Error(Codes.SiteOverride, entry.KeyAt, $"the profile has no tag \"{entry.Key}\"", NearestName.Suggest(entry.Key, tags));
}
