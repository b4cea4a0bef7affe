using System.CommandLine;
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
        JsonSerializer.Serialize(new ProblemsJson(problems), ProblemsJsonContext.Default.ProblemsJson);
}

/// <summary>What <c>--format json</c> prints.</summary>
internal sealed record ProblemsJson(IReadOnlyList<Problem> Problems);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemsJson))]
[JsonSerializable(typeof(SiteSummary))]
internal sealed partial class ProblemsJsonContext : JsonSerializerContext;
