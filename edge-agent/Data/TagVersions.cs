using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Data;

/// <summary>
/// Remembers type and unit of every tag in <c>tags.json</c>, so that a tag whose type or unit changed begins a new version.
/// Written only on a change, beside and renamed. A file that cannot be read is begun anew: versions then count from 1 again.
/// </summary>
internal sealed class TagVersions(string dataFolder, ILogger log)
{
    private string File => Path.Combine(dataFolder, "tags.json");

    public IReadOnlyList<TagInfo> Number(IReadOnlyList<TagInfo> tags)
    {
        var known = Read();
        var changed = false;
        List<TagInfo> numbered = [];
        foreach (var tag in tags)
        {
            var name = $"{tag.Device}/{tag.Tag}";
            var last = known.GetValueOrDefault(name);
            var now = new TagForm(tag.Type, tag.Unit, last is null ? 1 : last.Type == tag.Type && last.Unit == tag.Unit ? last.Version : last.Version + 1);
            changed |= now != last;
            known[name] = now;
            numbered.Add(tag with { TagVersion = now.Version });
        }

        if (changed)
            Write(known);
        return numbered;
    }

    private Dictionary<string, TagForm> Read()
    {
        try
        {
            return System.IO.File.Exists(File)
                ? JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(File), TagFormsJson.Default.DictionaryStringTagForm) ?? []
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log.TagVersionsLost(File, e.Message);
            return [];
        }
    }

    private void Write(Dictionary<string, TagForm> known)
    {
        try
        {
            using (var file = new FileStream(File + ".new", FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, known, TagFormsJson.Default.DictionaryStringTagForm);
                file.Flush(flushToDisk: true);
            }

            System.IO.File.Move(File + ".new", File, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TagVersionsNotKept(File, e.Message);
        }
    }
}

/// <summary>What makes a version of a tag.</summary>
internal sealed record TagForm(string Type, string? Unit, int Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, TagForm>))]
internal sealed partial class TagFormsJson : JsonSerializerContext;
