using System.Text.RegularExpressions;

namespace Penstock.IntegrationTests.Kit;

/// <summary>A running edge agent.</summary>
internal sealed partial class Agent : IAsyncDisposable
{
    private Agent(RunningProgram program, string folder)
    {
        Program = program;
        Folder = folder;
    }

    public RunningProgram Program { get; }

    public string Folder { get; }

    /// <summary>Address of the status page; empty before it was printed.</summary>
    public string StatusPage { get; private set; } = "";

    public static Agent Launch(string site, string folder, string? program = null, IReadOnlyDictionary<string, string>? environment = null) =>
        new(RunningProgram.Start(program ?? Repository.Agent, environment, ["run", "--site", site, "--data", folder, "--listen", "127.0.0.1:0"]), folder);

    public static async Task<Agent> Start(string site, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var agent = Launch(site, folder, environment: environment);
        await agent.Up();
        return agent;
    }

    public async Task Up()
    {
        var line = await Program.Line("the agent prints its status page", PrintedAddress());
        StatusPage = line.Value;
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();

    [GeneratedRegex(@"(?<=status page.*)http://127\.0\.0\.1:[0-9]+")]
    private static partial Regex PrintedAddress();
}
