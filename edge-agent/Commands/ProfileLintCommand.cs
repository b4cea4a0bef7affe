using System.CommandLine;
using System.Globalization;
using Penstock.Protocols.Profiles;

namespace Penstock.EdgeAgent.Commands;

/// <summary><c>penstock profile lint FILE…</c>: every problem of every file in one run. Ends with 1 when there is an error.</summary>
internal static class ProfileLintCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Profiles, or folders with profiles." };
        var format = ProblemFormat.Option();
        var command = new Command("lint", "Find mistakes in profiles: addresses, types, units, ranges, golden frames.") { files, format };
        command.SetAction(parsed => Run(parsed.GetValue(files) ?? [], parsed.GetValue(format) == "json", parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string[] names, bool json, TextWriter output)
    {
        var files = names.SelectMany(Expand).ToArray();
        var results = files.Select(f => (File: f, Result: ProfileLoader.Load(f))).ToArray();
        var problems = results.SelectMany(r => r.Result.Problems).ToArray();
        if (json)
            output.WriteLine(ProblemFormat.Json(problems));
        else
            WriteText(results, problems, output);
        return problems.Any(p => p.Severity == Severity.Error) ? ExitCode.Problem : ExitCode.Fine;
    }

    private static IEnumerable<string> Expand(string name) =>
        Directory.Exists(name) ? Directory.EnumerateFiles(name, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [name];

    private static void WriteText((string File, ProfileResult Result)[] results, Problem[] problems, TextWriter output)
    {
        foreach (var problem in problems)
            output.WriteLine(ProblemText.Render(problem));
        foreach (var (file, result) in results)
            output.WriteLine(Summary(file, result));
        foreach (var (_, result) in results.Where(r => r.Result.Profile is { NotActedOn.Count: > 0 }))
            output.WriteLine($"{result.Profile?.Id}: {NotActedOnText.Render(result.Profile?.NotActedOn ?? [])}");
        var (errors, warnings) = (problems.Count(p => p.Severity == Severity.Error), problems.Count(p => p.Severity == Severity.Warning));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"files: {results.Length}, errors: {errors}, warnings: {warnings}"));
    }

    private static string Summary(string file, ProfileResult result) => result.Profile is { } profile
        ? string.Create(CultureInfo.InvariantCulture, $"{file}: fine, {profile.Registers.Count} tags, trust level {profile.TrustLevel}")
        : $"{file}: rejected";
}
