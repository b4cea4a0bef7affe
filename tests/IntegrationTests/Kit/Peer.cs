using System.Globalization;
using System.Text.RegularExpressions;

namespace Penstock.IntegrationTests.Kit;

/// <summary>A program of tests/peers that plays a device and says <c>ready PORT</c>.</summary>
internal sealed partial class Peer : IAsyncDisposable
{
    private readonly string _script;
    private readonly string[] _arguments;
    private RunningProgram _program;

    private Peer(string script, string[] arguments, RunningProgram program, int port)
    {
        _script = script;
        _arguments = arguments;
        _program = program;
        Port = port;
    }

    public int Port { get; }

    public static async Task<Peer> Start(string script, params string[] arguments)
    {
        Needs.Program(Needs.Python, "python3");
        var program = Launch(script, arguments);
        return new Peer(script, arguments, program, await ReadyPort(script, program));
    }

    /// <summary>Ends it without a goodbye.</summary>
    public Task Kill() => _program.Kill();

    /// <summary>Starts it again at the port it had.</summary>
    public async Task Restart()
    {
        await _program.DisposeAsync();
        _program = Launch(_script, [.. _arguments, "--port", Port.ToString(CultureInfo.InvariantCulture)]);
        await ReadyPort(_script, _program);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static RunningProgram Launch(string script, string[] arguments) =>
        RunningProgram.Start(Needs.Python, [Repository.Path($"tests/peers/{script}"), .. arguments]);

    private static async Task<int> ReadyPort(string script, RunningProgram program)
    {
        var ready = await program.Line($"{script} is up", Ready());
        return int.Parse(ready.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^ready ([0-9]+)$")]
    private static partial Regex Ready();
}
