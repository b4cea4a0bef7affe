using Penstock.Contracts;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>Where the historian's confirmations for this agent are heard.</summary>
internal interface IConfirmations
{
    /// <summary>Why none can be heard just now, for people; null when all is well.</summary>
    string? Trouble { get; }

    /// <summary>Hears until cancelled; goes on by itself after every trouble.</summary>
    Task RunAsync(Action<Confirmation> heard, CancellationToken token);
}
