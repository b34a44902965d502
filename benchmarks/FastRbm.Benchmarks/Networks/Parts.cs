using System.Diagnostics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Random;
namespace FastRbm.Benchmarks.Networks;
internal static class Parts
{
    public static int Run(string[] arguments)
    {
        SimdLevel level = SimdSelection.Current;
        Matrix x = new(64, 784), d = new(1, 784), v = new(64, 256), s = new(64, 256), w = new(784, 256), h = new(256, 256);
        RandomStream stream = new(1, StreamPurpose.LangevinNoise, 1, 1);
        for (int i = 0; i < 784; i++) NormalRow.Fill(level, stream.ForChain(i), w.Row(i));
        for (int i = 0; i < 256; i++) NormalRow.Fill(level, stream.ForChain(i), h.Row(i));
        PackedMatrix pf = new(784, 256), pb = new(256, 784), ph = new(256, 256);
        pf.Pack(false, w.AsSpan2D()); pb.Pack(true, w.AsSpan2D()); ph.Pack(false, h.AsSpan2D());
        GemmWorkspace g = new();
        float[] bias = new float[256];
        Time("normal 64x784", 20, () => { for (int i = 0; i < 64; i++) NormalRow.Add(level, x.Row(i), d.Row(0), stream.ForChain(i), x.Row(i)); });
        Time("swish 64x256", 40, () => { for (int i = 0; i < 64; i++) ActivationRow.Run<Activations.Swish>(level, v.Row(i), s.Row(i)); });
        foreach (int rows in (int[])[12, 24, 32, 36, 48, 60, 64])
        {
            double m = 64.0 / rows;
            Time($"fwd1 {rows} per 64", 20 * m, () => FloatGemm.MultiplyBias<Epilogues.Identity>(level, g, x.AsSpan2D()[..rows, ..], pf, bias, v.AsSpan2D()[..rows, ..]));
            Time($"bwd1 {rows} per 64", 20 * m, () => FloatGemm.Multiply(level, g, v.AsSpan2D()[..rows, ..], pb, x.AsSpan2D()[..rows, ..]));
            Time($"hid {rows} per 64", 40 * m, () => FloatGemm.Multiply(level, g, v.AsSpan2D()[..rows, ..], ph, s.AsSpan2D()[..rows, ..]));
        }
        Time("fwd1 64 unpacked", 20, () => FloatGemm.MultiplyBias<Epilogues.Identity>(level, GemmLayout.NN, g, x.AsSpan2D(), w.AsSpan2D(), bias, v.AsSpan2D()));
        EnergyNetwork model = new(Network.Random([784, 256, 256, 10], UnitFunction.Swish, 1), new EnergyNetworkOptions());
        NetworkWorkspace ws = new(model.Network, 64, true);
        Time("score", 20, () => { for (int i = 0; i < 64; i++) EnergyNetwork.Score(ws.Outputs.Row(i), 255, 1, ws.OutputGradients.Row(i)); });
        PackedNetwork p = new(model.Network, true);
        Time("forward all 48 per 64", 20*64.0/48, () => NetworkPass.Forward(model.Network, p, ws, g, 0, 48));
        Time("backward all 48 per 64", 20*64.0/48, () => { NetworkPass.Backward(model.Network, p, ws, g, 0, 48); NetworkPass.ToInputs(model.Network, p, ws, g, 0, 48); });
        return 0;
    }
    private static void Time(string name, double times, Action a)
    {
        double best = 1e9;
        for (int r = 0; r < 30; r++)
        {
            TimeSpan u = Environment.CpuUsage.TotalTime;
            long st = Stopwatch.GetTimestamp();
            for (int k = 0; k < 20; k++) a();
            best = Math.Min(best, Stopwatch.GetElapsedTime(st).TotalMilliseconds / 20);
        }
        Console.WriteLine($"{name}: {best * times:F3} ms an update ({best*1000:F1} us)");
    }
}
