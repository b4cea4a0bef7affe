using Penstock.Contracts;

namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>For <c>confirm: broker</c>: nobody is listened to.</summary>
internal sealed class NoConfirmations : IConfirmations
{
    public string? Trouble => null;

    public Task RunAsync(Action<Confirmation> heard, CancellationToken token) => Task.CompletedTask;
}
