using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using FastRbm.Errors;

namespace FastRbm.Threading;

/// <summary>A persistent team of threads that runs one task at a time and meets at a barrier after it.</summary>
/// <remarks>
/// The caller is member 0. A run allocates nothing. Members spin for some microseconds between tasks, because the tasks of a
/// training step follow each other closely, then sleep; a team larger than the processors never spins, since it would keep its own
/// members from running. Use from one thread at a time; a task must not run another one.
/// </remarks>
internal sealed class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2_000;

    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly int _spins;
    private ITeamTask? _task;
    private Exception? _failure;
    private int _generation;
    private int _pending;
    private bool _stopping;
    private bool _callerSleeps;

    /// <summary>Starts a team.</summary>
    /// <param name="members">The number of threads, the caller's among them: at least 1. One means that nothing is started.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="members"/> is below 1.</exception>
    public ThreadTeam(int members)
    {
        Throw.IfLess(members, 1);
        Members = members;
        _spins = members <= Environment.ProcessorCount ? SpinsBeforeSleep : 0;
        _threads = new Thread[members - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int member = i + 1;
            _threads[i] = new Thread(() => Serve(member)) { IsBackground = true, Name = $"FastRbm {member}" };
            _threads[i].Start();
        }
    }

    /// <summary>The number of threads, the caller's among them.</summary>
    public int Members { get; }

    /// <summary>The share of one member when <paramref name="count"/> items are cut into contiguous, nearly equal ranges.</summary>
    /// <param name="count">The number of items.</param>
    /// <param name="member">From 0 to members - 1.</param>
    /// <param name="members">The size of the team.</param>
    /// <returns>The first item and the end (exclusive).</returns>
    public static (int First, int End) Share(int count, int member, int members) =>
        ((int)((long)count * member / members), (int)((long)count * (member + 1) / members));

    /// <summary>Runs a task on all members and returns when all are done.</summary>
    /// <param name="task">The task.</param>
    /// <exception cref="Exception">The first failure of any member, after all are done.</exception>
    public void Run(ITeamTask task)
    {
        if (_threads.Length == 0)
        {
            task.Run(0, 1);
            return;
        }

        lock (_gate)
        {
            _task = task;
            _failure = null;
            Volatile.Write(ref _pending, _threads.Length);
            Volatile.Write(ref _generation, _generation + 1);
            Monitor.PulseAll(_gate);
        }

        Execute(task, 0);
        AwaitOthers();
        _task = null;
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Volatile.Write(ref _generation, _generation + 1);
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve(int member)
    {
        int seen = 0;
        while (true)
        {
            Await(seen);
            seen++;
            if (_stopping)
            {
                return;
            }

            Execute(_task!, member);
            if (Interlocked.Decrement(ref _pending) == 0 && Volatile.Read(ref _callerSleeps))
            {
                lock (_gate)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void AwaitOthers()
    {
        for (int spin = 0; spin < _spins; spin++)
        {
            if (Volatile.Read(ref _pending) == 0)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            // The fence keeps "I sleep" before the last look: either this thread sees 0, or the last member sees a sleeper.
            _callerSleeps = true;
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _pending) != 0)
            {
                Monitor.Wait(_gate);
            }

            _callerSleeps = false;
        }
    }

    private void Await(int seen)
    {
        for (int spin = 0; spin < _spins; spin++)
        {
            if (Volatile.Read(ref _generation) != seen)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            while (_generation == seen)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Rethrown on the caller's thread.")]
    private void Execute(ITeamTask task, int member)
    {
        try
        {
            task.Run(member, Members);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}
