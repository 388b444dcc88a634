export default function Page() {
  return <h1>About it</h1>
}
