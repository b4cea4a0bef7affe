using System.Globalization;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads the golden frames of <c>examples:</c>; the frames themselves are checked by <see cref="GoldenFrames"/>.</summary>
internal static class ExampleReader
{
    public static IReadOnlyList<GoldenFrame> Read(MapReader profile, IReadOnlyList<LoadedRegister> registers)
    {
        var tags = registers.Select(r => r.Definition.Tag).ToHashSet(StringComparer.Ordinal);
        var frames = new List<GoldenFrame>();
        foreach (var entry in profile.Blocks("examples", "an example"))
        {
            var reader = new MapReader(entry.Map, entry.Problems, "an example");
            var name = reader.Text("name") ?? "unnamed";
            var request = Bytes(reader, "request");
            var answer = Bytes(reader, "answer");
            var expect = Expected(reader, tags);
            reader.Done();
            if (request is null || answer is null)
                continue;
            var frame = new GoldenFrame(name, request, answer, expect, entry.Map.At.Line);
            if (GoldenFrames.Fault(frame) is { } fault)
                reader.Error(Codes.GoldenFrame, reader.At(fault.InAnswer ? "answer" : "request"), fault.Message, fault.Repair);
            else
                GoldenRule.Check(reader, frame, registers);
            frames.Add(frame);
        }

        return frames;
    }

    private static Dictionary<string, string> Expected(MapReader reader, HashSet<string> tags)
    {
        var expect = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reader.Block("expect", "the expected values") is not { } block)
        {
            reader.Error(Codes.MissingKey, reader.Map.At, "the example does not say what has to come out", "add  expect: {temperature: 30.5}");
            return expect;
        }

        foreach (var entry in block.Map.Entries)
        {
            if (!tags.Contains(entry.Key))
                block.Error(Codes.GoldenFrame, entry.KeyAt, $"no register has the tag \"{entry.Key}\"", NearestName.Suggest(entry.Key, tags));
            else if (block.Text(entry.Key) is { } value)
                expect[entry.Key] = value;
        }

        return expect;
    }

    private static byte[]? Bytes(MapReader reader, string key)
    {
        if (reader.Required(key, "01 04 00 01 00 01 60 0A") is not { } text)
            return null;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var bytes = new byte[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length == 2 && byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
                continue;
            reader.Error(Codes.GoldenFrame, reader.At(key), $"\"{parts[i]}\" is no byte", "write every byte as two hexadecimal digits, with a blank between.");
            return null;
        }

        return bytes;
    }
}
