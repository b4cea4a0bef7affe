using System.Text.RegularExpressions;
using Penstock.Contracts;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads the top level of a profile and puts the parts together.</summary>
internal sealed partial class ProfileReader(ProblemList problems)
{
    private static readonly string[] LaterKinds = ["serial-line", "mqtt", "http-feed", "camera"];

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$")]
    private static partial Regex IdForm { get; }

    public DeviceProfile? Read(YamlMap root)
    {
        var reader = new MapReader(root, problems, "the profile");
        CheckVersion(reader);
        if (!IsModbus(reader))
            return null;
        var id = ReadId(reader);
        var device = DeviceSection.Read(reader);
        var connection = ConnectionReader.Read(reader, out var rtuSettings);
        var context = ReadContext(reader);
        context.NotActedOn.Add("serial line settings", rtuSettings);
        var limits = LimitsReader.Read(reader, context);
        var registers = new RegisterList(context).Read(reader);
        var profile = new DeviceProfile
        {
            Id = id ?? "",
            Kind = "modbus",
            RecordKind = device.Class == "sensor" ? Kinds.Sensor : Kinds.Plc,
            Vendor = device.Vendor,
            Model = device.Model,
            Description = device.Description,
            Connection = connection,
            Limits = limits,
            Registers = [.. registers.Select(r => r.Definition)],
            Identify = IdentifyReader.Read(reader, context),
            Examples = ExampleReader.Read(reader, registers),
            Simulate = SimulateReader.Read(reader, context, registers),
            TrustLevel = TrustLevels.Read(reader),
            File = problems.Source.Name,
        };
        ReadLater(reader, context.NotActedOn);
        reader.Done();
        Rules.Check(profile, registers, reader, context);
        return profile with { NotActedOn = context.NotActedOn.Items };
    }

    private static void CheckVersion(MapReader reader)
    {
        if (reader.Required("profile", "1") is { } version && version != "1")
            reader.Error(Codes.NotInThisVersion, reader.At("profile"), $"format version {version} is not known", "this version reads  profile: 1");
    }

    private static bool IsModbus(MapReader reader)
    {
        var kind = reader.Required("kind", "modbus");
        if (kind == "modbus")
            return true;
        if (kind is not null)
            reader.Error(Codes.NotInThisVersion, reader.At("kind"), LaterKinds.Contains(kind) ? $"the kind {kind} is not read by this version" : $"unknown kind \"{kind}\"", "this version reads  kind: modbus");
        return false;
    }

    private string? ReadId(MapReader reader)
    {
        if (reader.Required("id", "maker-model") is not { } id)
            return null;
        var file = Path.GetFileNameWithoutExtension(problems.Source.Name);
        if (!IdForm.IsMatch(id))
            reader.Error(Codes.WrongValue, reader.At("id"), $"\"{id}\" is no id: lower-case letters, digits, - _ .", $"write  id: {Names.Repair(id)}");
        else if (!id.Equals(file, StringComparison.Ordinal))
            reader.Warn(Codes.MissingDuty, reader.At("id"), $"the id \"{id}\" differs from the file name \"{file}\"", $"rename the file to {id}.yaml, or write  id: {file}");
        return id;
    }

    private FileContext ReadContext(MapReader reader)
    {
        var writtenAs = ReadAddresses(reader);
        var polls = PollReader.Read(reader);
        var defaults = DefaultsReader.Read(reader, polls);
        return new() { Problems = problems, WrittenAs = writtenAs, Polls = polls, Defaults = defaults };
    }

    private static WrittenAs ReadAddresses(MapReader reader)
    {
        if (reader.Block("addresses", "the addresses") is not { } addresses)
        {
            reader.Error(Codes.MissingKey, reader.Map.At, "the profile does not say how the manual prints addresses", "add  addresses: {written_as: wire}  or count-from-1, modicon-5, modicon-6.");
            return WrittenAs.Wire;
        }

        addresses.Allow("pattern", "wire", "wire_16", "wire_32");
        var word = (addresses.Map.Find("written_as")?.Value as YamlScalar)?.Text;
        var writtenAs = WrittenAs.Wire;
        if (word is "formula" or "sunspec")
            addresses.Error(Codes.NotInThisVersion, addresses.At("written_as"), $"written_as: {word} is not read by this version", "write the wire address of each register:  written_as: wire");
        else if (!addresses.Has("written_as"))
            addresses.Error(Codes.MissingKey, addresses.Map.At, "\"addresses\" has no \"written_as\"", "add  written_as: wire");
        else
            writtenAs = addresses.Choice("written_as", AddressNotation.Words) ?? WrittenAs.Wire;
        addresses.Allow("written_as");
        addresses.Done();
        return writtenAs;
    }

    /// <summary>Parts of the format that come in a later version: accepted and counted.</summary>
    private static void ReadLater(MapReader reader, NotActedOnCounter counter)
    {
        counter.Add("calculated tags", reader.List("calculate").Count);
        counter.Add("variants", reader.List("variants").Count);
        counter.Add(AlarmReader.Counted, reader.List("alarms").Count);
        counter.Add("included parts", reader.List("use").Count);
        reader.Allow("notes", "sources", "manual", "device", "tested");
        if (reader.Has("sunspec"))
            reader.Error(Codes.NotInThisVersion, reader.At("sunspec"), "sunspec: is not read by this version", "write the registers with their wire addresses.");
    }
}
