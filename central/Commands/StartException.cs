namespace Penstock.Central.Commands;

/// <summary>A command cannot go on; the message names the repair.</summary>
internal sealed class StartException(string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; } = exitCode;
}
