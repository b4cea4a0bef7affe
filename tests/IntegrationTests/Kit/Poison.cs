using System.IO.Compression;
using System.Text;

namespace Penstock.IntegrationTests.Kit;

/// <summary>What foreign producers may write into the topic of readings, and whether its identity can be read.</summary>
internal static class Poison
{
    public const string Good = """{"v":1,"site":"north","device":"meter","tag":"t1","kind":"plc","ts":"2026-03-01T12:00:00Z","value":1,"unit":"V","q":"good","agent":"a1","epoch":"e1","seq":7}""";

    public static IReadOnlyDictionary<string, (byte[]? Value, bool HasIdentity)> Kinds { get; } = new Dictionary<string, (byte[]? Value, bool HasIdentity)>
    {
        ["no value"] = (null, false),
        ["empty"] = ([], false),
        ["not UTF-8"] = (Bytes(Good.Replace("north", "nor\u00e4th", StringComparison.Ordinal), Encoding.Latin1), true),
        ["a name that is not UTF-8"] = (Bytes(Good.Replace("a1", "\u00e4", StringComparison.Ordinal), Encoding.Latin1), false),
        ["half of a surrogate pair"] = (Bytes(Good.Replace("a1", "\\ud800", StringComparison.Ordinal)), false),
        ["no JSON"] = (Bytes("temperature=20.5"), false),
        ["a JSON array"] = (Bytes($"[{Good}]"), false),
        ["a JSON number"] = (Bytes("42"), false),
        ["JSON null"] = (Bytes("null"), false),
        ["broken off"] = (Bytes(Good[..60]), false),
        ["two objects"] = (Bytes(Good + Good), true),
        ["version 2"] = (Bytes(Good.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal)), true),
        ["a bad name"] = (Bytes(Good.Replace("meter", "Meter 1!", StringComparison.Ordinal)), true),
        ["no identity"] = (Bytes(Good.Replace("\"agent\":\"a1\",", "", StringComparison.Ordinal)), false),
        ["seq 0"] = (Bytes(Good.Replace("\"seq\":7", "\"seq\":0", StringComparison.Ordinal)), false),
        ["seq beyond 64 bits"] = (Bytes(Good.Replace("\"seq\":7", "\"seq\":99999999999999999999", StringComparison.Ordinal)), false),
        ["1 MB"] = (Bytes(Good.Replace("\"V\"", $"\"{new string('V', 900_000)}\"", StringComparison.Ordinal)), true),
        ["nested 10,000 deep"] = (Bytes(Good[..^1] + ",\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}"), false),
        ["NaN"] = (Bytes(Good.Replace("\"value\":1", "\"value\":NaN", StringComparison.Ordinal)), false),
        ["a key twice"] = (Bytes(Good.Replace("\"seq\":7", "\"seq\":7,\"seq\":8", StringComparison.Ordinal)), true),
        ["a value as text"] = (Bytes(Good.Replace("\"value\":1", "\"value\":\"1\"", StringComparison.Ordinal)), true),
        ["a time that is none"] = (Bytes(Good.Replace("12:00:00Z", "noon", StringComparison.Ordinal)), true),
        ["gzip"] = (Gzip(Good), false),
    };

    public static byte[] Bytes(string text, Encoding? encoding = null) => (encoding ?? Encoding.UTF8).GetBytes(text);

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Bytes(text));
        return packed.ToArray();
    }
}
