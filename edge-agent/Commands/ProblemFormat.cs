using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary>Problems for people and for programs: the option <c>--format</c>.</summary>
internal static class ProblemFormat
{
    public static Option<string> Option()
    {
        var option = new Option<string>("--format") { Description = "text for people, json for programs.", DefaultValueFactory = _ => "text" };
        return option.AcceptOnlyFromAmong("text", "json");
    }

    public static string Json(IReadOnlyList<Problem> problems) =>
        JsonSerializer.Serialize(new ProblemsJson(problems), ProblemsJsonContext.Readable.ProblemsJson);
}

/// <summary>What <c>--format json</c> prints.</summary>
internal sealed record ProblemsJson(IReadOnlyList<Problem> Problems);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProblemsJson))]
[JsonSerializable(typeof(SiteSummary))]
internal sealed partial class ProblemsJsonContext : JsonSerializerContext
{
    /// <summary>Quotes and ° stay readable: the output goes to a terminal or a file, never into a page.</summary>
    public static ProblemsJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
